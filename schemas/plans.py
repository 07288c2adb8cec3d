"""What was forecast of runs, so that it can be held against what happened."""

from pyspark.sql.types import StructType

from schemas.tables import Table, columns

PLANS = Table(
    name="plans",
    grain="one job of one forecast: what it was expected to take",
    key=("plan_id", "job"),
    schema=StructType(
        columns(
            # Null: the job never ran in this warehouse. `cluster_cores` are what `seconds` reckon with.
            "plan_id string, crawl string, recipe string, job string, n_documents long, core_seconds double?,"
            "seconds double?, shuffle_bytes long?, storage_bytes long?, cost double?, currency string, cluster string,"
            "cluster_cores long, planned_at time"
        )
    ),
)
