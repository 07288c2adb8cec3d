"""Common Crawl's columnar index (``cc-index/table/cc-main/warc``): the columns that Sluice reads, as published."""

from pyspark.sql.types import StructType

from schemas.tables import columns

CC_INDEX = StructType(
    columns(
        "url_host_name string?, url_host_registered_domain string?, url_host_tld string?,"
        "content_languages string?, content_mime_detected string?, warc_filename string?,"
        "warc_record_offset long?, warc_record_length long?"
    )
)
"""Whole numbers may be of any width in the files. ``content_languages`` holds ISO 639-3 codes, commas between."""
