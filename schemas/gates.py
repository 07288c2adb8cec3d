"""``[gates]``: what must hold before a snapshot is published. No part of a snapshot's identity."""

import difflib
import re
from collections.abc import Sequence
from typing import Annotated, Self, get_args, get_type_hints

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.measures import FAMILIES, PiiMeasures
from schemas.shapes import Count, Positive, Ratio, Shape
from schemas.steps import AnyStep, DedupStep, MeasureStep, RewritingStep, TextStep

Finite = Annotated[float, Field(allow_inf_nan=False)]

CURATED_NULLS = ("fetched_at", "language")
"""Columns of ``curated`` that may be null."""
PII = tuple(f"pii.{name}" for name in PiiMeasures._fields)
"""The measures that count personal data."""
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,32}")  # it becomes a gate's name, and so part of HTML pages


class Range(Shape):
    """Where a measure of the kept documents lies: ``[gates.ranges."words.n_words"]``."""

    min: Finite | None = None
    max: Finite | None = None
    max_outside_ratio: Ratio = 0.0
    """Share of kept documents that may lie outside; one without the measure does."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.min is None and self.max is None:
            raise PydanticCustomError("limits", "neither min nor max is given; give one, or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("limits", f"min ({self.min:g}) is above max ({self.max:g})")
        return self


class Gates(Shape):
    """What must hold before a snapshot is published; a gate that is None, or an empty table, is not asked."""

    max_bad_files_ratio: Ratio = 0.01
    max_rejected_records_ratio: Ratio = 0.5
    max_null_language_ratio: Ratio = 0.5
    """Of all decided documents."""
    min_kept_documents: Count = 1
    max_kept_documents: Count | None = None
    min_kept_ratio: Ratio = 0.0
    max_kept_ratio: Ratio | None = None
    min_language_ratios: dict[str, Ratio] = Field(default_factory=dict)
    """Label → least share of the kept documents."""
    max_language_ratios: dict[str, Ratio] = Field(default_factory=dict)
    max_null_ratios: dict[str, Ratio] = Field(default_factory=dict)
    """``fetched_at``, ``language``, or ``family.measure`` → largest share of kept documents that have none."""
    ranges: dict[str, Range] = Field(default_factory=dict)
    """``family.measure`` → where it lies, as the last step that takes it wrote it."""
    max_funnel_drift: Ratio | None = None
    """Largest change, against the parent snapshot, of the share of all documents that one rule drops."""
    max_kept_ratio_drift: Ratio | None = None
    """Largest change of the share that is kept, against the parent snapshot."""
    max_pii_ratio: Ratio | None = None
    """Share of kept documents with personal data, as the family 'pii' counts it."""
    max_near_duplicate_ratio: Ratio | None = None
    """Share of kept documents with a near copy among the kept, in a sample that is held against all of them."""
    near_duplicate_sample: Positive = 1000
    """Documents of that sample; their hashed shingles go to every task, 8 bytes each."""
    data_docs: bool = True
    """Build Great Expectations' pages beside the report."""

    @model_validator(mode="after")
    def _leave_room(self) -> Self:
        limits = {
            "kept_documents": (self.min_kept_documents, self.max_kept_documents),
            "kept_ratio": (self.min_kept_ratio, self.max_kept_ratio),
        }
        for label, low in self.min_language_ratios.items():
            limits[f"language_ratios.{label}"] = (low, self.max_language_ratios.get(label))
        for name, (low, high) in limits.items():
            if high is not None and low > high:
                raise PydanticCustomError("limits", f"min_{name} ({low:g}) is above max_{name} ({high:g})")
        total = sum(self.min_language_ratios.values())
        if total > 1 + 1e-9:
            raise PydanticCustomError("limits", f"min_language_ratios: given {total:g} in all; allowed: 1 at most")
        return self

    @model_validator(mode="after")
    def _labels_are_plain(self) -> Self:
        for label in {**self.min_language_ratios, **self.max_language_ratios}:
            if not _LABEL.fullmatch(label):
                told = f"a language: given {label!r:.80}; allowed: letters, digits, '-' and '_'"
                raise PydanticCustomError("limits", "{told}", {"told": told})
        return self

    def measures(self) -> tuple[str, ...]:
        """Give the measures of kept documents that gates ask for, each once."""
        asked = [*self.ranges, *(name for name in self.max_null_ratios if name not in CURATED_NULLS)]
        if self.max_pii_ratio is not None:
            asked += PII
        return tuple(dict.fromkeys(asked))

    def languages(self) -> tuple[str, ...]:
        """Give the languages whose shares gates ask for, each once."""
        return tuple(dict.fromkeys([*self.min_language_ratios, *self.max_language_ratios]))


def source_of(steps: Sequence[AnyStep], family: str) -> TextStep | None:
    """Give the last step that takes a family of measures, or None."""
    taking = [step for step in steps if isinstance(step, TextStep) and family in step.measured()]
    return taking[-1] if taking else None


def near_step(steps: Sequence[AnyStep]) -> DedupStep | None:
    """Give the last step that looks for near copies, or None: its rules say what one is."""
    near = [step for step in steps if isinstance(step, DedupStep) and step.method == "near"]
    return near[-1] if near else None


def unanswerable(gates: Gates, steps: Sequence[AnyStep]) -> str | None:
    """Say which gate asks what these steps do not tell; None: all can be answered."""
    faults = (_fault_of_languages, _fault_of_measures, _fault_of_pii, _fault_of_near)
    return next((told for fault in faults if (told := fault(gates, steps))), None)


def _fault_of_languages(gates: Gates, steps: Sequence[AnyStep]) -> str | None:
    step = source_of(steps, "language")
    rules = step.language if isinstance(step, MeasureStep) else None
    for key in ("min_language_ratios", "max_language_ratios"):
        if getattr(gates, key) and rules is None:
            return f"{key}: needs a section [steps.language] in a step of kind 'measure'"
    for label, least in gates.min_language_ratios.items():
        if rules and rules.allowed and label not in rules.allowed and least > 0:
            allowed = ", ".join(f"'{one}'" for one in rules.allowed)
            return f"min_language_ratios: given '{label}'; allowed: {allowed}, as the recipe's [steps.language]"
    return None


def _fault_of_measures(gates: Gates, steps: Sequence[AnyStep]) -> str | None:
    for key, names, kinds in (("ranges", gates.ranges, {int, float}), ("max_null_ratios", gates.max_null_ratios, None)):
        known = {name for name in _measures(kinds) if source_of(steps, name.partition(".")[0])}
        known |= set() if kinds else set(CURATED_NULLS)
        for name in names:
            family, _, _ = name.partition(".")
            if name in _measures(kinds) and name not in known:
                return f"{key}: given '{name}'; needs a step that measures the family '{family}'"
            if name not in known:
                close = difflib.get_close_matches(name, sorted(known), n=1)
                hint = f" (did you mean '{close[0]}'?)" if close else ""
                others = "" if kinds else f"{', '.join(CURATED_NULLS)}, "
                what = "number that its steps measure" if kinds else "family.measure of its steps"
                return f"{key}: given {name!r:.80}{hint}; allowed: {others}any {what}; `sluice rules` lists them"
    return None


def _measures(kinds: set[type] | None) -> set[str]:
    """Give every ``family.measure`` that a step writes for each text, of these types or of all."""
    told = set()
    for family, measures in FAMILIES.items():
        for name, hint in get_type_hints(measures).items():
            if family != "parts" and (kinds is None or set(get_args(hint) or (hint,)) & kinds):
                told.add(f"{family}.{name}")
    return told


def _fault_of_pii(gates: Gates, steps: Sequence[AnyStep]) -> str | None:
    if gates.max_pii_ratio is None:
        return None
    step = source_of(steps, "pii")
    rewriting = [i for i, one in enumerate(steps) if isinstance(one, RewritingStep)]
    if step is None or (rewriting and list(steps).index(step) < rewriting[-1]):
        behind = " behind the last step that changes texts" if rewriting else ""
        return f"max_pii_ratio: needs 'pii' in families of a step of kind 'measure'{behind}"
    return None


def _fault_of_near(gates: Gates, steps: Sequence[AnyStep]) -> str | None:
    if gates.max_near_duplicate_ratio is None or near_step(steps):
        return None
    return "max_near_duplicate_ratio: needs a step of kind 'dedup' with method 'near', which says what a near copy is"
