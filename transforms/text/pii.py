"""Personal data in a text: e-mail, phone, public IP, IBAN, payment card, US social security number.

``find`` gives spans, ``measure_pii`` counts them, ``redact`` writes a placeholder over each. Nothing is remembered
between texts, so neither their order nor how they are divided changes a result.

Patterns are RE2's, which takes time linear in the text, where ``re`` takes quadratic time on hostile text. Redacting
twice is redacting once, because a kind sees ``<`` where an earlier kind or span was found, as the second time it sees
a placeholder, and because two spans never stand so that one forbids the other but not the other the one.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import re2

from schemas.measures import PiiMeasures
from transforms.text import pii_checks
from transforms.text.pii_patterns import ANY, PATTERNS

Longs = npt.NDArray[np.int64]

KINDS = ("email", "phone", "ip", "iban", "credit_card", "ssn")

_CHECKS = {kind: getattr(pii_checks, kind) for kind in KINDS}
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset(b"0123456789")


class Span(NamedTuple):
    """One find: bytes ``start`` to ``end`` of the text in UTF-8, which is what RE2 and the kernels count in."""

    kind: str
    start: int
    end: int


def measure_pii(texts: Sequence[str]) -> PiiMeasures:
    """Count the spans of each kind in each text."""
    counts = np.zeros((len(KINDS), len(texts)), np.int64)
    for i, text in enumerate(texts):
        for span in find(text):
            counts[KINDS.index(span.kind), i] += 1
    return PiiMeasures(*counts)


def redact(text: str, kinds: Collection[str] = KINDS) -> str:
    """Write a placeholder over each span of ``kinds``; a span of another kind stays, whatever it looks like besides.

    Example:
        >>> redact("Write to jane@example.org or call (212) 555-0123.")
        'Write to <EMAIL> or call <PHONE>.'
    """
    data = _encoded(text)
    parts, at = [], 0
    for kind, start, end in _find(data):
        if kind in kinds:
            parts += [data[at:start], b"<%s>" % kind.upper().encode()]
            at = end
    return b"".join([*parts, data[at:]]).decode("utf-8", "surrogatepass") if parts else text


def find(text: str) -> list[Span]:
    """Give the spans of all kinds, disjoint and in order; where kinds overlap, ``PATTERNS`` says which has it.

    Example:
        >>> find("At 212-555-0123 or é@x or é212.555.0123")
        [Span(kind='phone', start=3, end=15), Span(kind='phone', start=29, end=41)]
    """
    return _find(_encoded(text))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # lone surrogates are no PII, and no error


def _find(data: bytes) -> list[Span]:
    if _compiled(ANY).search(data) is None:
        return []
    masked = bytearray(data)
    spans = [span for kind in PATTERNS for span in _spans_of(kind, masked)]
    return sorted(spans, key=lambda span: span.start)


def _spans_of(kind: str, masked: bytearray) -> list[Span]:
    """Find the spans of one kind and mask them."""
    search, check = _compiled(PATTERNS[kind]).search, _CHECKS[kind]
    spans, at = [], 0
    while (found := search(masked, at)) is not None:
        start, end = found.span(found.lastindex or 0)
        stop = 0 if _is_joined(masked, start) else check(masked, start, end)
        if stop and not _is_joined(masked, stop):
            spans.append(Span(kind, start, stop))
            masked[start:stop] = b"<" * (stop - start)
            at = stop
        else:
            at = _next_start(kind, masked, start, end)
    return spans


def _next_start(kind: str, data: bytearray, start: int, end: int) -> int:
    """Say where to go on behind a refused candidate, so that it hides no other.

    Inside an e-mail address all starts share their end, and would be refused as well; so would, inside a number,
    those behind ``.`` or ``-`` and all but the last of those behind ``:``. Brackets make a phone number's starts many.
    """
    if kind == "phone":
        return start + 1
    return max(data.find(b" ", start, end), data.rfind(b":", start, end)) + 1 or end


def _is_joined(data: bytearray, at: int) -> bool:
    """Say whether what ends and what begins at byte ``at`` belong together.

    So are two word bytes, and two digits with one ``.`` or ``-`` on either side of ``at``: 1.2.3.4.5 holds no IP.
    """
    if not 0 < at < len(data):
        return False
    before, after = data[at - 1], data[at]
    if before in _WORD:
        if after in _WORD:
            return True
        return before in _DIGITS and after in b".-" and at + 1 < len(data) and data[at + 1] in _DIGITS
    return after in _DIGITS and before in b".-" and at > 1 and data[at - 2] in _DIGITS


@lru_cache(maxsize=len(PATTERNS) + 1)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern)
