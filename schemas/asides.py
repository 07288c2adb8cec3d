"""Tables of what a crawl holds besides pages: records that repeat a page, and images that pages show."""

from pyspark.sql.types import StructType

from schemas.tables import UNIT_KEY, Table, columns

_PLACE = "crawl string, unit int, attempt int, source_file string, content_id string, record_offset long"

REVISITS = Table(
    name="revisits",
    grain="one revisit record: a page seen again unchanged, and the document that holds its text if it is here",
    key=("content_id", "record_offset"),
    schema=StructType(
        columns(
            f"{_PLACE}, record_length long, url string, fetched_at time?, digest string?, profile string?,"
            "refers_to_id string?, refers_to_url string?, refers_to_at time?, original_id string?"
        )
    ),
    partitions=UNIT_KEY,
    indexed=("content_id", "record_offset"),
)

IMAGES = Table(
    name="images",
    grain="one image of one page, as a WAT record lists it",
    key=("content_id", "record_offset", "position"),
    schema=StructType(columns(f"{_PLACE}, position int, page_url string, host string, image_url string, alt string?")),
    partitions=UNIT_KEY,
    indexed=("content_id", "record_offset"),
)
