"""Where records come from: what a crawl file puts into each of its rows, and how its pages are read."""

from dataclasses import dataclass

from transforms.extract import PageReader
from transforms.fields import Row
from transforms.text.taken_down import TakenDown


@dataclass(frozen=True)
class CrawlFile:
    """Where records come from, copied into each row, and how pages are read.

    Attributes:
        place: crawl, unit and attempt of the rows.
        uri: The file's address, as given.
        content_id: Identity of the file's bytes (sha256, or etag and size when remote).
        read_page: Turns a page's bytes into text.
        max_record_bytes: Longest record block and longest decoded body.
        taken_down: What must not come in again; None: nothing was taken down.
    """

    place: Row
    uri: str
    content_id: str
    read_page: PageReader
    max_record_bytes: int
    taken_down: TakenDown | None = None
