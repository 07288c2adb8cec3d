"""What must hold before a snapshot is published: each gate with its why. Data only."""

from dataclasses import dataclass

from schemas.recipe import Gates


@dataclass(frozen=True)
class Gate:
    """One condition over one number of the snapshot's metrics row.

    Attributes:
        metric: Column of the metrics row; also the gate's name.
        why: What it means when it does not hold, for the operator.
        min_allowed: Smallest allowed value; None: no lower limit.
        max_allowed: Largest allowed value; None: no upper limit.
    """

    metric: str
    why: str
    min_allowed: float | None = None
    max_allowed: float | None = None


def gates(limits: Gates) -> tuple[Gate, ...]:
    """Give all gates: the conservation law, which no recipe can loosen, and the recipe's limits."""
    return (
        Gate("n_unbalanced_files", "bytes read + skipped = size; records = documents + rejects + skipped", 0, 0),
        Gate("n_unaccounted_documents", "every document is decided: documents = kept + dropped", 0, 0),
        Gate("n_repeated_doc_ids", "doc_id is the key", 0, 0),
        Gate("n_dropped_without_reason", "every dropped document says why", 0, 0),
        Gate("n_kept_with_reason", "nothing is against a kept document", 0, 0),
        Gate("n_duplicates_without_survivor", "every duplicate has a survivor that was not dropped before", 0, 0),
        Gate("n_curated_differences", "the curated texts are the ones that were decided on", 0, 0),
        Gate("bad_files_ratio", "share of damaged files", max_allowed=limits.max_bad_files_ratio),
        Gate(
            "rejected_records_ratio",
            "share of page records that gave no document",
            max_allowed=limits.max_rejected_records_ratio,
        ),
        Gate(
            "null_language_ratio", "share of documents without a language", max_allowed=limits.max_null_language_ratio
        ),
        Gate("n_kept_documents", "a snapshot is not empty", min_allowed=limits.min_kept_documents),
        Gate("kept_ratio", "share of documents that were kept", min_allowed=limits.min_kept_ratio),
    )
