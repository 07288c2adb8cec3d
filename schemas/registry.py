"""The small tables about runs and snapshots: a handful of rows each, read whole."""

from pyspark.sql.types import StructType

from schemas import (
    annotations,
    asides,
    entropies,
    inputs,
    leaderboard,
    mixture,
    models,
    plans,
    scores,
    searches,
    signatures,
    tables,
    takedowns,
    tokens,
)
from schemas.tables import Table, columns

SNAPSHOTS = Table(
    name="snapshots",
    grain="one snapshot: what made it, what is in it, and whether it is the published one",
    key=("snapshot_id",),
    schema=StructType(
        columns(
            "snapshot_id string, name string, crawl string, status string, is_published bool,"
            "recipe string, recipe_checked string, recipe_fingerprint string, population_id string,"
            "code_version string, models texts, input_versions counts, n_documents long, n_kept long,"
            "n_kept_words long, n_kept_tokens long?, tokenizer string?, digest string, texts_digest string,"
            "parent_id string?, supersedes string?, created_at time, published_at time?"
        )
    ),
)

FUNNEL = Table(
    name="funnel",
    grain="one reason in one snapshot, in the order in which the recipe asks",
    key=("snapshot_id", "position"),
    schema=StructType(
        columns(
            "snapshot_id string, position int, reason string, n_entered long, n_dropped long,"
            "n_left long, n_any long, n_only long, n_dropped_bytes long, n_dropped_words long"
        )
    ),
    partitions=("snapshot_id",),
)

GATE_RESULTS = Table(
    name="gate_results",
    grain="one gate of one snapshot: what was observed, what is allowed, whether it holds",
    key=("snapshot_id", "gate"),
    schema=StructType(
        columns(
            "snapshot_id string, gate string, why string, observed double?, min_allowed double?,"
            "max_allowed double?, is_held bool"
        )
    ),
    partitions=("snapshot_id",),
)

RUNS = Table(
    name="runs",
    grain="one finished job of one run: which versions of which tables it read and wrote, and what that took",
    key=("run_id", "job"),
    schema=StructType(
        columns(
            "run_id string, job string, crawl string, step_id string?, recipe_fingerprint string,"
            "code_version string, spark_version string, inputs counts, outputs counts, n_units long,"
            "n_cores long?, n_documents long, seconds double, peak_memory_bytes long?, started_at time,"
            "finished_at time"
        )
    ),
)

ALL: tuple[Table, ...] = (
    tables.CRAWL_FILES,
    tables.DOCUMENTS,
    tables.REJECTS,
    asides.REVISITS,
    asides.IMAGES,
    inputs.INPUTS,
    tables.MEASURES,
    tables.EDITS,
    scores.SCORES,
    models.MODELS,
    annotations.ANNOTATIONS,
    signatures.SIGNATURES,
    signatures.KEPT,
    tables.DUPLICATES,
    searches.NEAR_SEARCHES,
    searches.NEAR_PAIRS,
    searches.SEMANTIC_SEARCHES,
    searches.PARAGRAPH_SHARDS,
    searches.SEEN_NGRAMS,
    tables.DECISIONS,
    tables.CURATED,
    tokens.TOKENS,
    entropies.DOMAIN_ENTROPIES,
    mixture.MIXTURE,
    SNAPSHOTS,
    FUNNEL,
    GATE_RESULTS,
    RUNS,
    takedowns.TAKEDOWNS,
    plans.PLANS,
    leaderboard.LEADERBOARD,
)

DATA_FLOW = {
    "ingest": (
        (),
        (tables.CRAWL_FILES, tables.DOCUMENTS, tables.REJECTS, asides.REVISITS, asides.IMAGES, inputs.INPUTS),
    ),
    "measure": ((tables.CRAWL_FILES, tables.DOCUMENTS, tables.EDITS), (tables.MEASURES, tables.EDITS)),
    "classify": ((tables.DOCUMENTS, tables.EDITS, tables.MEASURES), (scores.SCORES,)),
    "dedup": (
        (tables.DOCUMENTS, tables.EDITS, tables.MEASURES, scores.SCORES, signatures.KEPT, searches.SEEN_NGRAMS),
        (
            *(tables.DUPLICATES, tables.EDITS, tables.MEASURES, signatures.SIGNATURES, signatures.KEPT),
            *(searches.NEAR_SEARCHES, searches.NEAR_PAIRS, searches.SEMANTIC_SEARCHES),
            *(searches.PARAGRAPH_SHARDS, searches.SEEN_NGRAMS),
        ),
    ),
    "annotate": ((tables.DOCUMENTS, tables.EDITS, scores.SCORES), ()),
    "curate": (
        (tables.CRAWL_FILES, tables.DOCUMENTS, tables.MEASURES, tables.EDITS, scores.SCORES, tables.DUPLICATES),
        (tables.DECISIONS, SNAPSHOTS),
    ),
    "tokens": ((), (tokens.TOKENS, SNAPSHOTS)),
    "entropies": ((tables.DECISIONS, tokens.TOKENS, scores.SCORES), (entropies.DOMAIN_ENTROPIES,)),
    "mix": ((tables.DECISIONS, tokens.TOKENS, scores.SCORES), (mixture.MIXTURE,)),
    "takedown": ((), ALL),
    "publish": ((tables.DECISIONS, tables.DOCUMENTS, tables.CRAWL_FILES), (FUNNEL, GATE_RESULTS, SNAPSHOTS)),
}
"""First word of a job's name → tables that it reads, and that it may write."""
