"""One ranged request: bytes of a remote file, kept as they arrive, so that a drop loses none that came before it."""

import asyncio
from typing import Any

from jobs.common.outages import Dropped, Refused
from jobs.common.stores import Facts, facts, mark

_STEP = 1 << 20
_CHANGED = "changed while it was read; run the same command again"
_NO_RANGES = "the server does not answer ranged requests; copy the file to a store that does"


def append_range(remote: tuple[Any, str], expected: Facts, span: range, held: bytearray, seconds: float) -> None:
    """Ask for the bytes of ``span`` and append them to ``held``, all or as many as come.

    Args:
        remote: Filesystem and path.
        expected: The file as it was when it was opened.
        span: Offsets wanted.
        held: Where they go; what has come stays there if this raises.
        seconds: Most that the request may take.

    Raises:
        Dropped: fewer came than were asked for.
        Refused: the file is another one now, or the server gives no ranges.
        Exception: whatever the store's library raises.
    """
    fs, path = remote
    before = len(held)
    ask = _ASK.get(fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0])
    if ask:
        asked = asyncio.wait_for(ask(remote, expected, span, held), seconds)
        asyncio.run_coroutine_threadsafe(asked, fs.loop).result()  # cancelled in full before it raises
    else:
        fs.invalidate_cache()
        if facts(fs, path) != expected:
            raise Refused(_CHANGED)
        held += fs.cat_file(path, start=span.start, end=span.stop)
    n_new = len(held) - before
    if n_new < len(span):
        raise Dropped(f"{n_new} of {len(span)} bytes from {span.start} came")
    del held[before + len(span) :]


async def _ask_s3(remote: tuple[Any, str], expected: Facts, span: range, held: bytearray) -> None:
    fs, path = remote
    bucket, key, version = fs.split_path(path)
    named = {"Bucket": bucket, "Key": key} | ({"VersionId": version} if version else {})
    answer = await fs._call_s3("get_object", **named, Range=_header(span))
    async with answer["Body"] as body:
        _check(expected, mark(answer.get("ETag") or answer.get("LastModified", "")), answer.get("ContentRange"), span)
        async for piece in body.iter_chunks(_STEP):
            held += piece


async def _ask_http(remote: tuple[Any, str], expected: Facts, span: range, held: bytearray) -> None:
    fs, url = remote
    session = await fs.set_session()
    headers = {**fs.kwargs.get("headers", {}), "Range": _header(span), "Accept-Encoding": "identity"}
    async with session.get(fs.encode_url(url), **{**fs.kwargs, "headers": headers}) as answer:
        answer.raise_for_status()
        now = mark(answer.headers.get("ETag") or answer.headers.get("Last-Modified") or "")
        _check(expected, now, answer.headers.get("Content-Range"), span)
        async for piece in answer.content.iter_chunked(_STEP):
            held += piece


_ASK = {"s3": _ask_s3, "http": _ask_http}


def _header(span: range) -> str:
    return f"bytes={span.start}-{span.stop - 1}"


def _check(expected: Facts, now: str, content_range: str | None, span: range) -> None:
    """Hold an answer's head against what was asked: the same file, and exactly from where on."""
    if now and now != expected.mark:
        raise Refused(_CHANGED)
    if content_range is None and len(span) < expected.size:
        raise Refused(_NO_RANGES)
    if content_range is None:
        return
    given, _, size = content_range.removeprefix("bytes ").partition("/")
    if size not in ("*", str(expected.size)):
        raise Refused(_CHANGED)
    if given.partition("-")[0] != str(span.start):
        raise Dropped(f"asked from {span.start}, got {content_range}")
