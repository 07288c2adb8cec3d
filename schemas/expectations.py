"""What must hold before a snapshot is published: each gate with its why. Data only."""

from dataclasses import dataclass

from schemas.gates import Gates, Range


@dataclass(frozen=True)
class Gate:
    """One condition over one number of the snapshot's metrics row.

    Attributes:
        metric: Column of the metrics row; also the gate's name.
        why: What it means when it does not hold, for the operator.
        min_allowed: Smallest allowed value; None: no lower limit.
        max_allowed: Largest allowed value; None: no upper limit.
        not_asked: Why this snapshot cannot be asked; None: it can.
    """

    metric: str
    why: str
    min_allowed: float | None = None
    max_allowed: float | None = None
    not_asked: str | None = None


def gates(limits: Gates, has_parent: bool = False) -> tuple[Gate, ...]:
    """Give all gates: the conservation law, which no recipe can loosen, and the recipe's limits.

    Args:
        limits: The recipe's.
        has_parent: Whether there is a parent snapshot; without, no drift is asked.
    """
    return (*_LAW, *_of_all(limits), *_of_kept(limits), *_of_drift(limits, has_parent))


_LAW = (
    Gate("n_unbalanced_files", "bytes read + skipped = size; records = documents + rejects + skipped", 0, 0),
    Gate("n_unaccounted_documents", "every document is decided: documents = kept + dropped", 0, 0),
    Gate("n_repeated_in_units", "doc_id is the key: no unit decides one twice", 0, 0),
    Gate("n_repeated_across_units", "no two units decide one doc_id, of a sampled range of ids", 0, 0),
    Gate("n_dropped_without_reason", "every dropped document says why", 0, 0),
    Gate("n_kept_with_reason", "nothing is against a kept document", 0, 0),
    Gate("n_duplicates_without_survivor", "every duplicate has a survivor that was not dropped before", 0, 0),
    Gate("n_curated_differences", "the curated texts are the ones that were decided on", 0, 0),
)


def _of_all(limits: Gates) -> tuple[Gate, ...]:
    return (
        Gate("bad_files_ratio", "share of damaged files", max_allowed=limits.max_bad_files_ratio),
        Gate(
            "rejected_records_ratio",
            "share of page records that gave no document",
            max_allowed=limits.max_rejected_records_ratio,
        ),
        Gate(
            "null_language_ratio", "share of documents without a language", max_allowed=limits.max_null_language_ratio
        ),
        Gate("n_kept_documents", "documents of the snapshot", limits.min_kept_documents, limits.max_kept_documents),
        Gate("kept_ratio", "share of documents that were kept", limits.min_kept_ratio, limits.max_kept_ratio),
    )


def _of_kept(limits: Gates) -> list[Gate]:
    told = []
    for label in limits.languages():
        least, most = (ratios.get(label) for ratios in (limits.min_language_ratios, limits.max_language_ratios))
        told.append(Gate(f"language_ratio.{label}", f"share of kept documents in {label}", least, most))
    for name, most in limits.max_null_ratios.items():
        told.append(Gate(f"null_ratio.{name}", f"share of kept documents without {name}", max_allowed=most))
    for name, one in limits.ranges.items():
        why = f"share of kept documents whose {name} is not {_said(one)}, or unknown"
        told.append(Gate(f"outside_ratio.{name}", why, max_allowed=one.max_outside_ratio))
    if limits.max_pii_ratio is not None:
        told.append(Gate("pii_ratio", "share of kept documents with personal data", max_allowed=limits.max_pii_ratio))
    if limits.max_near_duplicate_ratio is not None:
        why = "share of a sample of kept documents with a near copy among all kept"
        told.append(Gate("near_duplicate_ratio", why, max_allowed=limits.max_near_duplicate_ratio))
    return told


def _of_drift(limits: Gates, has_parent: bool) -> list[Gate]:
    asked = {
        "funnel_drift": ("largest change of a rule's dropped share against the parent", limits.max_funnel_drift),
        "kept_ratio_drift": ("change of the kept share against the parent", limits.max_kept_ratio_drift),
    }
    not_asked = None if has_parent else "there is no parent snapshot"
    return [Gate(name, why, None, most, not_asked) for name, (why, most) in asked.items() if most is not None]


def _said(one: Range) -> str:
    if one.min is not None and one.max is not None:
        return f"from {one.min:g} to {one.max:g}"
    return f"{one.min:g} or more" if one.min is not None else f"{one.max:g} or less"
