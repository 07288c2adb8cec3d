"""The table of trained models: a handful of rows, read whole."""

from pyspark.sql.types import DoubleType, MapType, StringType, StructType

from schemas.tables import Table, columns

MODELS = Table(
    name="models",
    grain="one version of one trained model: where it is, what it says, how good it is",
    key=("name", "version"),
    schema=StructType(
        columns(
            "name string, version string, sha256 string, uri string, kind string, labels strings,"
            "normalisation string, trained_at time, metrics numbers, thresholds numbers",
            numbers=MapType(StringType(), DoubleType(), valueContainsNull=False),
        )
    ),
    partitions=("name",),
)
