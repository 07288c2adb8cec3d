"""What models that were trained on snapshots are worth."""

from pyspark.sql.types import DoubleType, MapType, StringType, StructType

from schemas.tables import Table, columns

LEADERBOARD = Table(
    name="leaderboard",
    grain="one evaluation of one model that was trained on one snapshot, by one version of a benchmark's baselines",
    key=("snapshot_id", "model", "benchmark", "version", "file_sha256"),
    schema=StructType(
        columns(
            # Shares, from below 0 (worse than guessing) to 1; null: a task is missing. `scale` is the benchmark's name
            # for a run of so many parameters and tokens; null: it has none, or a size is unknown.
            "snapshot_id string, model string, benchmark string, version string, n_params long?, n_tokens long?,"
            "scale string?, core double?, extended double?, accuracies numbers, missing strings, file string,"
            "file_sha256 string, added_at time",
            numbers=MapType(StringType(), DoubleType(), valueContainsNull=False),
        )
    ),
)
