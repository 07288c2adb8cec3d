"""A clean step: what it takes from a batch of texts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.datatrove import C4Measures
from transforms.columns import Texts, edited, struct
from transforms.text.blanks import squeeze_newlines
from transforms.text.c4 import C4Rules, c4_lines
from transforms.text.cuts import Cuts, apply, compose, no_cuts
from transforms.text.lines import LineRules, clean_lines
from transforms.text.links import remove_links
from transforms.text.pii import redact

Edit = Callable[[Texts], Cuts]


class Left(NamedTuple):
    """What a clean step left of a batch."""

    texts: Texts
    """The texts; the same object as before where nothing was taken."""
    cuts: Cuts | None
    """Where the texts before were cut; None: they were written anew (C4's lines, placeholders)."""
    is_changed: npt.NDArray[np.bool_]
    """Of each text, whether it is another one now."""
    columns: dict[str, pa.StructArray]
    """The step's measures by family."""


@dataclass(frozen=True)
class Cleaned:
    """One clean step, as workers see it; what is None is not done.

    Attributes:
        step_id: Goes into its rows.
        link_mode: ``faithful`` or ``corrected``.
        load_tlds: Gives the top-level domains that make a URL; called in the worker, quick from the second call on.
        max_newlines: Most new-lines in a row.
        line_rules: Which lines go.
        c4_rules: Which lines go by C4; done after the others.
        redacted: Kinds of personal data to replace; done last.
    """

    step_id: str
    link_mode: Literal["faithful", "corrected"] | None = None
    load_tlds: Callable[[], Sequence[str]] | None = None
    max_newlines: int | None = None
    line_rules: LineRules | None = None
    c4_rules: C4Rules | None = None
    redacted: tuple[str, ...] = ()

    def left(self, texts: Texts) -> Left:
        """Do the step on a batch."""
        after, cuts = texts, no_cuts(texts.offsets)
        for edit in self._edits():
            found = edit(after)
            if len(found.starts):
                cuts = compose(texts.offsets, cuts, found)
                after = Texts(*apply(after.data, after.offsets, found))
        if self.c4_rules is None and not self.redacted:
            return Left(after, cuts, np.diff(cuts.firsts) > 0, {"edit": edited(texts, after)})
        after, told = self._written_anew(after)
        return Left(after, None, _differ(texts, after), told | {"edit": edited(texts, after)})

    def _written_anew(self, texts: Texts) -> tuple[Texts, dict[str, pa.StructArray]]:
        """Apply what is no mere cut."""
        told = {}
        if self.c4_rules is not None:
            counts, data, offsets = c4_lines(texts.data, texts.offsets, self.c4_rules)
            texts, told = Texts(data, offsets), {"c4": struct(C4Measures, counts._asdict())}
        if self.redacted:
            strings = [redact(text, self.redacted) for text in texts.strings]
            texts = Texts.of(pa.array(strings, pa.large_string()))
        return texts, told

    def _edits(self) -> Iterator[Edit]:
        mode, most, rules, load = self.link_mode, self.max_newlines, self.line_rules, self.load_tlds
        if mode and load:
            yield lambda texts: remove_links(texts.data, texts.offsets, load(), mode)
        if most is not None:
            yield lambda texts: squeeze_newlines(texts.data, texts.offsets, most)
        if rules is not None:
            yield lambda texts: clean_lines(texts.data, texts.offsets, rules)


def removed_spans(before: Texts, cuts: Cuts, changed: npt.NDArray[np.int64]) -> pa.ListArray:
    """Give where each of the changed texts was cut, in bytes of the text as it was: lists of start and end.

    Args:
        before: All texts of the batch.
        cuts: What was cut from them.
        changed: Numbers of the texts with cuts, ascending.
    """
    n_cuts = np.diff(cuts.firsts)
    text_starts = np.repeat(before.offsets[:-1], n_cuts)
    ends = np.concatenate(([0], np.cumsum(n_cuts[changed]))).astype(np.int32)
    bounds = [pa.array(cuts.starts - text_starts), pa.array(cuts.ends - text_starts)]
    return pa.ListArray.from_arrays(pa.array(ends), pa.StructArray.from_arrays(bounds, names=["start", "end"]))


def _differ(before: Texts, after: Texts) -> npt.NDArray[np.bool_]:
    pairs = zip(before.strings, after.strings, strict=True)
    return np.fromiter((a != b for a, b in pairs), np.bool_, len(before.offsets) - 1)
