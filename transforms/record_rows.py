"""Records and gaps → their rows, pages a few at a time. Total: no record raises, none is lost."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from transforms.asides import image_rows, revisit_row
from transforms.crawl_file import CrawlFile
from transforms.extract import PageRefused
from transforms.fields import Row
from transforms.heads import is_wat
from transforms.pages import Opened, ReadPage, block_of, document, opened, read
from transforms.records import PAGE_TYPES, Gap, Record
from transforms.rejects import gap, refused
from transforms.taken_rows import clean_revisit, is_image_of

# A group of pages: about eight usual ones, no more than 64 small ones, and no more than one beyond so many bytes.
_GROUP_BYTES = 1 << 20
_LEAST_BYTES = _GROUP_BYTES // 64

Rows = list[tuple[str, Row]]
"""Rows, each with its kind."""

A = TypeVar("A")
B = TypeVar("B")


def rows_of(found: Iterable[Record | Gap], file: CrawlFile) -> Iterator[tuple[Record | Gap, Rows]]:
    """Give what a file holds, each with the rows that it turns into; pages come a little later than the rest.

    A page gives a ``document``, a revisit a ``revisit``, a WAT record an ``image`` for each that it
    lists; what should have given one and cannot gives a ``reject``, and so does a gap. A record that
    is none of these gives no row.

    An HTML parser leaves a processor's caches full of itself. So a few pages are opened, then all of them are read,
    then rows are made of them: the code around the parser is fetched for a group of pages, not for each.

    Raises:
        ChildProcessError: the reader needs a process of its own and cannot have one.
    """
    group: list[Opened] = []
    n_bytes = 0
    for one in found:
        told = [("reject", gap(one, file))] if isinstance(one, Gap) else _tried(_begun, one, one, file)
        if isinstance(told, list):
            yield one, told
            continue
        group.append(told)
        n_bytes += max(_LEAST_BYTES, len(told.response.body))
        if n_bytes >= _GROUP_BYTES:
            yield from _finished(group, file)
            group, n_bytes = [], 0
    yield from _finished(group, file)


def _begun(record: Record, file: CrawlFile) -> Opened | Rows:
    return opened(record, file) if record.kind in PAGE_TYPES else _asides(record, file)


def _asides(record: Record, file: CrawlFile) -> Rows:
    taken = file.taken_down
    origin = {**file.place, "source_file": file.uri, "content_id": file.content_id}
    if record.kind == "revisit":
        row = revisit_row(record)
        return [("revisit", origin | ((taken and clean_revisit(taken, row)) or row))]
    if is_wat(record.kind, record.headers):
        rows = image_rows(record, bytes(block_of(record)))
        return [("image", origin | row) for row in rows if not (taken and is_image_of(taken, row))]
    return []


def _finished(group: list[Opened], file: CrawlFile) -> Iterator[tuple[Record, Rows]]:
    pages = [_tried(read, one.record, one, file) for one in group]
    for one, page in zip(group, pages, strict=True):
        yield one.record, _tried(_document, one.record, page, file)


def _document(page: ReadPage, file: CrawlFile) -> Rows:
    return [("document", document(page, file))]


def _tried(step: Callable[[A, CrawlFile], B | Rows], record: Record, given: A | Rows, file: CrawlFile) -> B | Rows:
    """Do a step with what the one before gave of a record; a record that has its rows already keeps them."""
    if isinstance(given, list):
        return given
    try:
        return step(given, file)
    except PageRefused as why:
        reason, detail = why.reason, why.detail
    except ChildProcessError:  # this machine's fault, not the page's: the file can be read another time
        raise
    except Exception as error:  # a parser's surprise must cost one record, not the file
        reason, detail = "extraction_failed", f"{type(error).__name__}: {error}"[:200]
    return [("reject", refused(record, file, reason, detail))]
