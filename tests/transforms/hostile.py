"""Pages and responses made to harm a parser: each construction at any size.

A construction is a stored HTTP response block of about ``size`` bytes. ``TRUTH`` is what every one of
them holds before the harm begins, so that what a parser still reads can be told.
"""

import gzip
import itertools
import zlib
from collections.abc import Callable, Iterator

import brotli

SIZES = (1 << 10, 10 << 10, 100 << 10, 1 << 20, 10 << 20)
TRUTH = b"<!doctype html><html><body><main><p>This page holds one honest sentence before the harm.</p>"

Construction = Callable[[int], bytes]


def http(body: bytes, *headers: bytes, media: bytes = b"text/html") -> bytes:
    """A response block."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Type: " + media, *headers]) + b"\r\n\r\n" + body


def filled(unit: bytes, size: int) -> bytes:
    """``unit`` again and again, up to about ``size`` bytes."""
    return unit * max(1, size // len(unit))


def numbered(pattern: bytes, size: int) -> bytes:
    """``pattern`` with 0, 1, 2, … in it, up to about ``size`` bytes."""
    count = max(1, size // len(pattern % 100_000))
    return b"".join(pattern % i for i in range(count))


def repeats(unit: bytes, before: bytes = b"", after: bytes = b"") -> Construction:
    """A page that is little but ``unit``."""
    return lambda size: http(TRUTH + before + filled(unit, size) + after)


def series(pattern: bytes, before: bytes = b"", after: bytes = b"") -> Construction:
    """A page that is little but numbered copies of ``pattern``."""
    return lambda size: http(TRUTH + before + numbered(pattern, size) + after)


def nests(opened: bytes, closed: bytes, inside: bytes = b"x") -> Construction:
    """A page that opens ``opened`` often and then closes all of them."""

    def make(size: int) -> bytes:
        depth = max(1, size // (len(opened) + len(closed)))
        return http(TRUTH + opened * depth + inside + closed * depth)

    return make


def converted(charset: str, construction: Construction, mark: bytes = b"", label: bytes = b"") -> Construction:
    """The same page in another charset."""

    def make(size: int) -> bytes:
        body = construction(size // 2).partition(b"\r\n\r\n")[2]
        return http(mark + body.decode("latin-1").encode(charset), media=b"text/html" + label)

    return make


def packed(encoding: bytes, pack: Callable[[bytes], bytes], factor: int = 200) -> Construction:
    """A compressed body that inflates to ``factor`` times the size."""
    return lambda size: http(pack(TRUTH + filled(b"<p>bomb</p>\n", size * factor)), b"Content-Encoding: " + encoding)


def in_chunks(size: int) -> bytes:
    """A chunked body of one byte a chunk."""
    body = b"".join(b"1\r\n%c\r\n" % c for c in TRUTH + filled(b"<b>x</b>", size // 6))
    return http(body + b"0\r\n\r\n", b"Transfer-Encoding: chunked")


def empty_chunk_lines(size: int) -> bytes:
    """A chunked body whose chunk lines hold nothing but extensions."""
    return http(filled(b"1;x=y;z=0\r\nx\r\n", size) + b"0\r\n\r\n", b"Transfer-Encoding: chunked")


def nested_gzip(size: int) -> bytes:
    """Gzip in gzip in gzip under one Content-Encoding."""
    body = filled(b"<p>deep</p>", size * 20)
    for _ in range(3):
        body = gzip.compress(body, 1, mtime=0)
    return http(body, b"Content-Encoding: gzip")


def header_lines(size: int) -> bytes:
    """A million header lines before a small page."""
    return http(TRUTH, numbered(b"X-%06d: y\r\n", size) + b"X: z")


def long_header(size: int) -> bytes:
    """One header line as long as the page."""
    return http(TRUTH, b"X-Long: " + filled(b"abcdefg ", size))


def folded_header(size: int) -> bytes:
    """One header folded over very many lines."""
    return http(TRUTH, b"X-Fold: a\r\n" + filled(b" b\r\n", size) + b" c")


def adoption(size: int) -> bytes:
    """Misnested formatting: what the adoption agency algorithm must put right again and again."""
    return http(TRUTH + filled(b"<a><b><i><p>x</a></b></i>", size))


def noise(size: int) -> bytes:
    """Markup characters in a fixed but irregular order."""
    pieces = [b"<", b">", b"</", b"<!--", b"-->", b"<!", b"=", b'"', b"'", b"<p ", b"<a", b"&", b"&#", b";", b"\0"]
    state, out, length = 1, [], 0
    while length < size:
        state = (state * 1103515245 + 12345) % (1 << 31)
        out.append(pieces[(state >> 16) % len(pieces)])
        length += len(out[-1])
    return http(TRUTH + b"".join(out))


_NESTED = b"div span b i a font ul li table blockquote select form button p h1 pre em center nobr dl section svg math"
_MORE = b"object ruby details fieldset label marquee applet noscript template iframe frameset custom-element"

CONSTRUCTIONS: dict[str, Construction] = {
    **{f"nested {tag.decode()}": nests(b"<%s>" % tag, b"</%s>" % tag) for tag in _NESTED.split() + _MORE.split()},
    **{f"unclosed {tag.decode()}": repeats(b"<%s>" % tag) for tag in _NESTED.split() + _MORE.split()},
    "nested table cells": nests(b"<table><tr><td>", b"</td></tr></table>"),
    "nested lists": nests(b"<ul><li>", b"</li></ul>"),
    "nested divs with text": nests(b"<div>text ", b" more</div>"),
    "nested divs without close": repeats(b"<div><span>y"),
    "foreign content": nests(b"<svg><foreignObject><div>", b"</div></foreignObject></svg>"),
    "closing tags only": repeats(b"</div></p></b>"),
    "closing br and p": repeats(b"</p></br>"),
    "closing tags deep inside": lambda size: http(TRUTH + filled(b"<div>", size // 2) + filled(b"</x>", size // 2)),
    "closing formats deep inside": lambda size: http(TRUTH + filled(b"<b>", size // 2) + filled(b"</i>", size // 2)),
    "million attributes": series(b" a%06d=1", b"<p", b">x</p>"),
    "million empty attributes": series(b" a%06d", b"<p", b">x</p>"),
    "million same attributes": repeats(b" a=1", b"<p", b">x</p>"),
    "many attributes on many tags": repeats(b"<p%s>x</p>" % b"".join(b" a%d=1" % i for i in range(400))),
    "body attributes again": series(b"<body a%06d=1>"),
    "html attributes again": series(b"<html a%06d=1>"),
    "huge attribute": repeats(b"x y ", b'<p class="', b'">x</p>'),
    "huge alt text": repeats(b"x y ", b'<img alt="', b'">'),
    "huge class on all": repeats(b'<p class="%s">x</p>' % (b"word " * 50)),
    "unclosed attribute": repeats(b"<p>x ", b'<a href="'),
    "huge tag name": repeats(b"x", b"<", b">x"),
    "huge comment": repeats(b"x - ", b"<!--", b"-->"),
    "unclosed comment": repeats(b"<p>x ", b"<!--"),
    "comment dashes": repeats(b"-", b"<!--", b"-->"),
    "comment flood": repeats(b"<!-- x -->"),
    "nested comment openers": repeats(b"<!--"),
    "conditional comments": repeats(b"<!--[if IE]><p>x<![endif]-->"),
    "unclosed script": repeats(b"<p>x ", b"<script>"),
    "unclosed textarea": repeats(b"<p>x ", b"<textarea>"),
    "unclosed title": repeats(b"<p>x ", b"<title>"),
    "unclosed style": repeats(b"<p>x ", b"<style>"),
    "unclosed plaintext": repeats(b"<p>x ", b"<plaintext>"),
    "script escapes": repeats(b"<!--<script>", b"<script>"),
    "script flood": repeats(b"<script>x</script>"),
    "almost closed script": repeats(b"</scrip", b"<script>"),
    "option flood": repeats(b"<option>x", b"<select>"),
    "closed option flood": repeats(b"<option>x</option>", b"<select>", b"</select>"),
    "bare option flood": repeats(b"<option>"),
    "select flood": repeats(b"<select><option>x</select>"),
    "p flood": repeats(b"<p>x"),
    "closed p flood": repeats(b"<p>x</p>\n"),
    "empty p flood": repeats(b"<p></p>"),
    "br flood": repeats(b"<br>"),
    "hr flood": repeats(b"<hr>"),
    "li flood": repeats(b"<li>x", b"<ul>"),
    "dt dd flood": repeats(b"<dt>x<dd>y", b"<dl>"),
    "td flood": repeats(b"<td>x", b"<table><tr>"),
    "tr flood": repeats(b"<tr><td>x", b"<table>"),
    "div flood": repeats(b"<div>x</div>"),
    "link flood": repeats(b"<a href=/x>x</a> "),
    "open link flood": repeats(b"<a href=/x>x "),
    "image flood": repeats(b"<img alt=x src=y>"),
    "input flood": repeats(b"<input value=x>"),
    "nobr flood": repeats(b"<nobr>x"),
    "button flood": repeats(b"<button>x"),
    "heading flood": repeats(b"<h1>x<h2>y"),
    "ruby flood": repeats(b"<rt>x<rp>y", b"<ruby>"),
    "noscript flood": repeats(b"<noscript><p>x</noscript>"),
    "iframe flood": repeats(b"<iframe src=x></iframe>"),
    "template flood": repeats(b"<template><p>x</template>"),
    "formatting before p": lambda size: http(TRUTH + filled(b"<b><i>", min(size // 2, 600)) + filled(b"<p>x", size)),
    "formats with attributes before p": lambda size: http(
        TRUTH + numbered(b"<b a=%04d>", size // 4) + filled(b"<p>x", size * 3 // 4)
    ),
    "font flood": series(b"<font a=%06d>"),
    "formats reopened by p": series(b"<p><font a=%06d>x</p>"),
    "formats reopened by div": series(b"<div><font a=%06d>x</div>"),
    "formats reopened beside tables": series(b"<font a=%06d>x<tr>", b"<table>"),
    "formats hidden from their end tags": series(b"<font a=%06d><table><td></font></table><p>"),
    "end tags that close nothing": repeats(b"<div><table><td></div></table></td>"),
    "end tags of nothing": repeats(b"<div></x>"),
    "self-closing in HTML": repeats(b"<div/><section/>"),
    "self-closing after SVG": repeats(b"<g/>", b"<svg><p></svg>"),
    "tags hidden in SVG style": repeats(b"<div>", b"<svg><style>"),
    "tags hidden in a select's title": repeats(b"<option>", b"<select><title>"),
    "tags hidden by CDATA": repeats(b"<div>", b"<svg><![CDATA[><!--]]></svg>"),
    "tags hidden by a script in a script": repeats(b"<div>", b"<script><!--<script></script><!--</script>"),
    "attributes with tags as names": series(b" <a%06d", b"<p", b">x</p>"),
    "attributes with quoted ends": series(b' a%06d=">"', b"<p", b">x</p>"),
    "adoption agency": adoption,
    "adoption agency, deep": repeats(b"<b><div>"),
    "adoption agency, links": repeats(b"<a><div></a>"),
    "adoption agency, closed late": lambda size: http(
        TRUTH + filled(b"<b>", size // 3) + filled(b"<p>", size // 3) + filled(b"</b>", size // 3)
    ),
    "misnested table": repeats(b"<table><b><tr><i></table>"),
    "foster parenting": repeats(b"<p>x", b"<table>"),
    "foster parenting text": repeats(b"x<tr>", b"<table>"),
    "foster parenting links": repeats(b"<a>x<td>", b"<table>"),
    "foster parenting deep": repeats(b"<table><div>"),
    "many forms": repeats(b"<form><input></form>"),
    "frameset": repeats(b"<frameset><frame src=x></frameset>"),
    "frameset first": lambda size: http(b"<html><frameset>" + filled(b"<frame src=x>", size)),
    "CDATA": repeats(b"<![CDATA[x]]>"),
    "CDATA in svg": repeats(b"<![CDATA[x]]>", b"<svg>"),
    "unclosed CDATA": repeats(b"x ]] ", b"<svg><![CDATA["),
    "doctype flood": repeats(b"<!doctype html>"),
    "doctype, huge": repeats(b"x ", b'<!doctype html PUBLIC "', b'">'),
    "processing instructions": repeats(b"<?php x ?>"),
    "entity flood": repeats(b"&amp;&lt;&#x41;"),
    "unknown entity flood": repeats(b"&nosuchentity;"),
    "ambiguous entities": repeats(b"&notit;&not"),
    "huge numeric entity": repeats(b"9", b"&#", b";"),
    "huge entity name": repeats(b"a", b"&", b";"),
    "NUL flood": repeats(b"\0"),
    "NUL in tags": repeats(b"<\0p\0 \0a\0=\0>x"),
    "NUL between tags": repeats(b"<p>\0</p>"),
    "less-than flood": repeats(b"<"),
    "less-than-slash flood": repeats(b"</"),
    "less-than-letter flood": repeats(b"<a"),
    "bang flood": repeats(b"<!"),
    "equals flood": repeats(b"=", b"<p "),
    "quote flood": repeats(b"\"'", b"<p "),
    "slash flood": repeats(b"/", b"<p ", b">"),
    "whitespace flood": repeats(b" \n\t"),
    "blank preformatted": repeats(b" \n", b"<pre>"),
    "carriage returns": repeats(b"\r"),
    "one long line": repeats(b"word "),
    "one long word": repeats(b"w"),
    "non-breaking spaces": repeats(b"&nbsp;"),
    "long addresses": repeats(b"/path%20segment", b'<a href="http://a.example', b'">x</a>'),
    "many long addresses": repeats(b'<a href="http://a.example/%s">x</a>' % (b"p/" * 300)),
    "base64 image": repeats(b"QUJD", b'<img alt=x src="data:image/png;base64,', b'">'),
    "ids": series(b"<p id=i%06d>x</p>"),
    "comment classes": series(b'<div class="comment c%06d">x</div>'),
    "footer words": repeats(b'<div class="footer nav sidebar">x</div>'),
    "invalid UTF-8": repeats(b"\xff\xfe\xc0\x80"),
    "cut UTF-8": repeats(b"\xe2\x82 "),
    "overlong UTF-8": repeats(b"\xf0\x80\x80\xaf", b"<meta charset=utf-8>"),
    "all byte values": repeats(bytes(range(256))),
    "declared utf-7": repeats(b"+ADw-script+AD4-", b"<meta charset=utf-7>"),
    "declared utf-16 in meta": repeats(b"<p>x", b"<meta charset=utf-16>"),
    "declared iso-2022-jp": repeats(b"\x1b$B!!\x1b(B", b"<meta charset=iso-2022-jp>"),
    "declared hz": repeats(b"~{<:Ky2;RH#~}", b"<meta charset=hz-gb-2312>"),
    "declared gb18030": repeats(b"\x81\x30\x81\x30", b"<meta charset=gb18030>"),
    "declared big5 and broken": repeats(b"\xa4\x40\x80\xff", b"<meta charset=big5>"),
    "metas": repeats(b"<meta x=y "),
    "metas, closed": repeats(b"<meta charset=x>"),
    "UTF-16 nested div": converted("utf-16-le", repeats(b"<div>"), b"\xff\xfe"),
    "UTF-16 big-endian nested div": converted("utf-16-be", repeats(b"<div>"), b"\xfe\xff"),
    "UTF-16 by header, nested div": converted("utf-16-le", repeats(b"<div>"), label=b"; charset=utf-16le"),
    "UTF-16 by detection, nested div": converted("utf-16-le", repeats(b"<div>")),
    "UTF-16 attributes": converted("utf-16-le", series(b" a%06d=1", b"<p", b">x</p>"), b"\xff\xfe"),
    "UTF-16 option flood": converted("utf-16-be", repeats(b"<option>"), b"\xfe\xff"),
    "UTF-16 surrogates": lambda size: http(b"\xff\xfe" + filled(b"\x00\xd8", size)),
    "UTF-32 nested div": converted("utf-32-le", repeats(b"<div>"), b"\xff\xfe\0\0"),
    "UTF-7 nested div": lambda size: http(TRUTH + filled(b"+ADw-div+AD4-", size), media=b"text/html; charset=utf-7"),
    "irregular markup": noise,
    "gzip bomb": packed(b"gzip", lambda body: gzip.compress(body, 1, mtime=0)),
    "deflate bomb": packed(b"deflate", lambda body: zlib.compress(body, 1)),
    "brotli bomb": packed(b"br", lambda body: brotli.compress(body, quality=1)),
    "nested gzip": nested_gzip,
    "chunks of one byte": in_chunks,
    "chunk extensions": empty_chunk_lines,
    "chunk of huge length": lambda size: http(b"ffffffffffffffff\r\n" + TRUTH, b"Transfer-Encoding: chunked"),
    "header lines": header_lines,
    "long header": long_header,
    "folded header": folded_header,
}


def each(sizes: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """Every construction at every one of ``sizes``."""
    return itertools.product(CONSTRUCTIONS, sizes)
