"""The whole text of a page as Common Crawl's WET files have it: nothing is judged, blocks become lines.

Source: the element lists and white space rules of Common Crawl's ia-web-commons
(ExtractingParseObserver), which makes the WET files. Title, menus, buttons and what a style sheet
hides are text there too; script and style are not. Parsing is resiliparse's (Apache-2.0) by the HTML
standard, where Common Crawl takes the tags as they stand: ill-formed pages may differ, and so does
text that is no part of the standard's tree (inside of ``<template>`` or ``<iframe>``).

Deterministic: the text depends on the page and on the version of resiliparse. No options.
"""

import re
from importlib.metadata import version
from typing import Any

from resiliparse.parse.html import HTMLTree, traverse_dom

_BLOCKS = (
    "address article aside blockquote body br button canvas caption col colgroup dd div dl dt embed fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li map noscript object ol output p pre progress section"
    " table tbody textarea tfoot th thead title tr ul video"
)
_INLINE = "cite datalist details iframe img input label legend optgroup q select summary td time"
_LINES = frozenset(_BLOCKS.split())
"""Elements that begin and end a line."""
_WORDS = frozenset(_INLINE.split())
"""Elements inside of a line that do not melt with the words around them."""
_SILENT = frozenset(("script", "style", "iframe", "noembed", "noframes"))
"""Elements whose content the HTML standard does not read as text of the page."""
_CONTROLS = dict.fromkeys([*range(0x20), 0x7F, 0xA0], " ")
_RUNS = re.compile(r"(\s)\s+")


class Extractor:
    """See the module; ``options`` must be empty."""

    name = f"wet (resiliparse {version('resiliparse')})"

    def __init__(self, options: dict[str, Any]) -> None:
        """Take no options; the recipe knows none."""

    def __call__(self, html: str) -> str:
        """Give the page's text, a line for each block, without empty lines outside of ``<pre>``."""
        lines, document = _Lines(), HTMLTree.parse(html).document
        if document is not None:
            traverse_dom(document, lines.enter, lines.leave)
        return "".join(lines.parts).strip()


class _Lines:
    """Text that grows while a page is walked through."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.n_pre = self.n_silent = 0

    def enter(self, at: Any) -> None:
        node = at.node
        tag = node.tag  # '#text', '#comment', … where it is no element
        if tag == "#text":
            if not self.n_silent:
                self._write(node.value)
            return
        if (tag == "pre" or tag in _SILENT) and node.first_child is not None:
            self._count(tag, 1)
        self._separate(tag)

    def leave(self, at: Any) -> None:
        """Close an element; the walk does not leave what has no children."""
        tag = at.node.tag
        self._count(tag, -1)
        self._separate(tag)

    def _count(self, tag: str, by: int) -> None:
        self.n_pre += by * (tag == "pre")
        self.n_silent += by * (tag in _SILENT)

    def _write(self, text: str) -> None:
        if not self.n_pre:
            text = _RUNS.sub(r"\1", text.translate(_CONTROLS))
            text = text.lstrip() if self._last().isspace() else text
        if text:
            self.parts.append(text)

    def _separate(self, tag: str) -> None:
        if tag in _LINES:
            self._end_line()
        elif tag in _WORDS and not self._last().isspace():
            self.parts.append(" ")

    def _end_line(self) -> None:
        while self.parts:
            kept = self.parts.pop().rstrip(" ")
            if kept:
                self.parts += [kept] if kept.endswith("\n") else [kept, "\n"]
                return

    def _last(self) -> str:
        return self.parts[-1][-1] if self.parts else "\n"
