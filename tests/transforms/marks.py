"""Punctuation marks as datatrove 0.10 lists them, for references: a set of facts."""

import string

from uniseg.sentencebreak import sentence_break

_CONTROLS = {chr(c) for c in range(160) if c not in (9, 10) and not 32 <= c < 127}
_OTHERS = set("«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～")
_NOT_LISTED = "\u1b4e\u1b4f\u1b7f\u2024\u2cf9\u2cfa\u2cfb\ufe12\ufe15\ufe16\U000113d4\U000113d5\U00016d6e\U00016d6f"

STOPS = {c for c in map(chr, range(0x110000)) if sentence_break(c).name in ("STERM", "ATERM")} - set(_NOT_LISTED)
STOPS |= set("\u17d6\u17d9\u17da")
MARKS = _CONTROLS | _OTHERS | set(string.punctuation) | STOPS
