"""What the latest ingest of a crawl was asked to read; with ``crawl_files`` it says what is done, failed or pending."""

from pyspark.sql.types import StructType

from schemas.tables import Table, columns

INPUTS = Table(
    name="inputs",
    grain="one input of the latest ingest of its crawl, with the unit that is to hold it, or why it is out of reach",
    key=("crawl", "uri"),
    schema=StructType(
        columns(
            "crawl string, uri string, size_bytes long?, unit int?, attempt int?, error string?,"
            "run_id string, planned_at time"
        )
    ),
    partitions=("crawl",),
    indexed=("unit", "attempt", "size_bytes"),
)
