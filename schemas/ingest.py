"""The recipe's ``[ingest]`` and ``[subset]``: how crawl files are read, and which records of them."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.shapes import Several, Shape


class Ingest(Shape):
    """How crawl files are read: limits say which records give a document, nothing here changes a text."""

    files_per_unit: Annotated[int, Field(ge=1, le=1024)] = 64
    max_record_bytes: Annotated[int, Field(ge=1024)] = 16 * 1024 * 1024
    max_page_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 5.0
    """Longest time that a suspicious page may take to read."""
    max_page_memory_bytes: Annotated[int, Field(ge=256 * 1024 * 1024)] = 1024 * 1024 * 1024
    """Most address space of the process that reads suspicious pages."""
    split_bytes: Annotated[int, Field(ge=1024 * 1024)] = 256 * 1024 * 1024
    """About how much one task reads of a file that can be cut: a plain one, or one that an index knows."""
    prefer: Literal["warc", "wet"] | None = None
    """Which wins where the input holds both WARC and WET of one source; none: an error."""


class Subset(Shape):
    """Which records of an index (``--index``) are read; a list that is empty asks nothing."""

    hosts: Several[str] = ()
    domains: Several[str] = ()
    """Registered domains, such as ``bbc.co.uk``."""
    tlds: Several[str] = ()
    languages: Several[str] = ()
    """ISO 639-3 codes, as the index has them; a page passes with any of its languages."""
    mime_types: Several[str] = ()
    """Media types as detected, such as ``text/html``."""
