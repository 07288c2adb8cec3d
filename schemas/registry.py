"""The small tables about runs and snapshots: a handful of rows each, read whole."""

from pyspark.sql.types import StructType

from schemas import annotations, asides, inputs, models, scores, searches, signatures, tables, tokens
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
            "parent_id string?, created_at time, published_at time?"
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
    grain="one finished job of one run",
    key=("run_id", "job"),
    schema=StructType(
        columns(
            "run_id string, job string, crawl string, step_id string?, recipe_fingerprint string,"
            "code_version string, spark_version string, n_units long, n_documents long,"
            "seconds double, finished_at time"
        )
    ),
)

ALL = (
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
    SNAPSHOTS,
    FUNNEL,
    GATE_RESULTS,
    RUNS,
)
