"""Our decisions beside datatrove's: how many agree, and by what the others differ."""

from collections import Counter
from dataclasses import dataclass
from statistics import mean
from typing import Any

from tests.bench.parity_ours import Judged, Thresholds, hold

STAGES = ("gopher_repetition", "gopher_quality", "c4_any_end", "fineweb_after_c4")
IN_ORDER = "all four in order"
ROWS = ("gopher_repetition", "gopher_quality", "c4", "c4_any_end", "fineweb", IN_ORDER)
OTHER_TEXT = "the text that is left"
N_EXAMPLES = 3
Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Both sides' answers about the same texts.

    Attributes:
        names: What each text is called.
        ours: What we say of them.
        told: What datatrove says: a line of ``told.jsonl`` for each text.
        rules: By which thresholds we decide.
    """

    names: list[str]
    ours: Judged
    told: list[Row]
    rules: Thresholds

    def rows(self, splitter: str) -> list[Row]:
        """Compare by filter; ``splitter`` says whose words datatrove had: ``ours``, or its ``own``."""
        return [self._row(name, splitter) for name in ROWS]

    def _row(self, name: str, splitter: str) -> Row:
        n, causes, sources = Counter[tuple[bool, bool]](), {}, {}
        for i, text in enumerate(self.names):
            pair = self._drops(name, i), bool(self._reason(name, i, splitter))
            n[pair] += 1
            sources.setdefault(text.rpartition(" ")[0], []).append(pair[0] == pair[1])
            for cause, example in self._differences(name, i, splitter, pair).items():
                causes.setdefault(cause, []).append({"text": text, **example})
        told = {"filter": name, "texts": n.total()}
        told |= {"both_keep": n[False, False], "both_drop": n[True, True]}
        told |= {"only_ours_drops": n[True, False], "only_datatrove_drops": n[False, True]}
        n_other = len(causes.get(OTHER_TEXT, []))
        told |= {"other_texts": n_other} if splitter == "ours" else {}
        told["share"] = (told["both_keep"] + told["both_drop"] - n_other) / n.total()
        told["share_by_source"] = {source: mean(agree) for source, agree in sources.items()}
        by_size = sorted(causes.items(), key=lambda one: -len(one[1]))
        return told | {"causes": [{"cause": k, "n": len(v), "examples": v[:N_EXAMPLES]} for k, v in by_size]}

    def _drops(self, name: str, i: int) -> bool:
        return any(self.ours.drops[one][i] for one in (STAGES if name == IN_ORDER else [name]))

    def _reason(self, name: str, i: int, splitter: str) -> str:
        """Give datatrove's first reason; empty where it keeps the text, or was not asked."""
        reasons = self.told[i][splitter]
        return next((reasons[one] for one in (STAGES if name == IN_ORDER else [name]) if reasons.get(one)), "")

    def _differences(self, name: str, i: int, splitter: str, pair: tuple[bool, bool]) -> dict[str, Row]:
        """Name what differs about a text, and with which values."""
        drops, other_drops = pair
        if drops == other_drops:
            left = self.ours.left.get(name) if splitter == "ours" and not drops else None
            return {OTHER_TEXT: {}} if left and left[i] != self.told[i]["left"][name] else {}
        if name == IN_ORDER:
            stage = next(s for s in STAGES if self._drops(s, i) != bool(self._reason(s, i, splitter)))
            return {stage: {}}
        crossed = self._crossed(name, i) if splitter == "own" and "measures" in self.told[i] else {}
        if crossed:
            return crossed
        limits = ", ".join(limit for limit, (_, broken) in self._held(name, i, {}).items() if broken)
        return {f"ours: {limits or 'keeps'}; datatrove: {self._reason(name, i, splitter) or 'keeps'}": {}}

    def _crossed(self, name: str, i: int) -> dict[str, Row]:
        """Give the limits that are broken on one side only, datatrove's by its own words."""
        told = self.told[i]
        measures = {"n_sentences": told["n_sentences"][name]} if name.startswith("c4") else told["measures"]
        mine, theirs = self._held(name, i, {}), self._held(name, i, measures)
        cut = {"only_ours": told["only_ours"], "only_datatrove": told["only_own"]}
        return {
            limit: {"ours": mine[limit][0], "datatrove": theirs[limit][0], **cut}
            for limit in mine
            if mine[limit][1] != theirs[limit][1]
        }

    def _held(self, name: str, i: int, others: Row) -> dict[str, tuple[float, bool]]:
        """Hold a text's measures against the limits, some of them replaced by others."""
        measures = {one: others.get(one, values[i]) for one, values in self.ours.measures[name].items()}
        return {
            limit: (float(value), bool(broken))
            for limit, (value, broken) in hold(measures, self.rules.of(name)).items()
        }
