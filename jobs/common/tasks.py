"""A unit's files → staged rows: the tasks that Spark runs, and what happens in each of them."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame, DataFrameWriter
from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.child import Limits
from jobs.common.context import Context
from jobs.common.cores import cores_of
from jobs.common.sandbox import ReaderFactory, guarded
from jobs.common.staging import is_second_attempt, with_care_if_needed
from jobs.common.stores import Access
from jobs.common.subset import Asked, chosen_ranges
from schemas.errors import SourceUnavailableError
from transforms.crawl_file import CrawlFile
from transforms.extract import PageReader, page_reader
from transforms.fields import Row
from transforms.lineage import ingest_id
from transforms.local_rows import local_rows
from transforms.pieces import Piece, cut, grouped, merged, unchained
from transforms.ranges import Span
from transforms.reading import STAGED, Batches, Ledger, read_rows, records_of
from transforms.text.taken_down import TakenDown
from transforms.units import PlannedFile, Unit
from transforms.workers import map_batches

# Of small files, what a task reads: two seconds of pages at a unit's end, where a core waits for the others; else up to
# what a usual file of Common Crawl holds, which is a task, too.
_LEAST_BYTES, _MOST_BYTES = 32 << 20, 1 << 30
_TASK = "id long, uri string, size long, tag string, content_id string, skip string, number int, n_pieces int"


@dataclass(frozen=True)
class UnitTasks:
    """The reading of one unit.

    Attributes:
        context: Warehouse and recipe.
        unit: What to read.
        asked: URI → what an index asks of a file; empty: files are read whole.
        make_reader: Makes the page reader out of the recipe's ``[extract]``.
        whole: Files that must not be cut.
        taken_down: What must not come in again.
    """

    context: Context
    unit: Unit
    asked: Mapping[str, Asked] = field(default_factory=dict)
    make_reader: ReaderFactory = page_reader
    whole: frozenset[str] = frozenset()
    taken_down: TakenDown | None = None

    def stage(self, path: str) -> dict[str, Row]:
        """Write the unit's rows as Parquet to ``path``; gives each file's ``crawl_files`` row by URI."""
        with_care_if_needed(lambda is_careful: _writer(self._frame(is_careful)).parquet(path))
        told = self.context.warehouse.spark.read.schema(STAGED).parquet(path).where("file IS NOT NULL")
        rows = [row.asDict() for row in told.select("file.*").collect()]  # as many as there are pieces
        lost = {row["uri"] for row in rows if row["status"] == "unreachable"}
        broken = unchained(row for row in rows if row["uri"] not in lost)
        if broken - self.whole:
            return replace(self, whole=self.whole | broken).stage(path)
        return merged(rows)

    def _frame(self, is_careful: bool) -> DataFrame:
        """Plan a task for each large piece or few small ones: row ``i`` of ``range`` is partition ``i``."""
        spark, recipe = self.context.warehouse.spark, self.context.recipe
        asked = {one.uri: self.asked[one.uri].n_bytes for one in self.unit.files if one.uri in self.asked}
        pieces = cut(self.unit.files, recipe.ingest.split_bytes, asked, self.whole)
        n_cores = cores_of(spark) or len(pieces)  # where nobody knows, as many as there is work for
        groups = list(grouped(pieces, _LEAST_BYTES, _MOST_BYTES, n_cores))
        named = local_rows(spark, [_row(i, piece) for i, group in enumerate(groups) for piece in group], _TASK)
        tasks = spark.range(0, len(groups), 1, numPartitions=len(groups)).join(F.broadcast(named), "id")
        if self.asked:
            mine = chosen_ranges(self.context).select("uri", "ranges")
            tasks = tasks.join(F.broadcast(mine.join(F.broadcast(named.select("uri")), "uri", "left_semi")), "uri")
        return map_batches(tasks, self._reader(is_careful), STAGED)

    def _reader(self, is_careful: bool) -> "_Reader":
        recipe = self.context.recipe
        place = {"crawl": recipe.crawl, "unit": self.unit.number, "attempt": self.unit.attempt}
        limits = Limits(recipe.ingest.max_page_seconds, recipe.ingest.max_page_memory_bytes)
        make = partial(guarded, self.make_reader, recipe.extract.model_dump(), limits)
        # The driver's settings for stores go to the workers with the task.
        file = partial(CrawlFile, place, max_record_bytes=recipe.ingest.max_record_bytes, taken_down=self.taken_down)
        return _Reader(file, ingest_id(recipe), make, is_careful, Access.here())


@dataclass(frozen=True)
class _Reader:
    """What runs in the workers: rows that name pieces in, staged rows out."""

    make_file: Callable[..., CrawlFile]
    step_id: str
    make_reader: Callable[..., PageReader]
    is_careful: bool
    access: Access

    def __call__(self, stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        # A task that was tried before may have lost its worker to one of its pages.
        read_page = self.make_reader(is_careful=self.is_careful or is_second_attempt())
        for batch in stream:
            for row in batch.to_pylist():
                spans = row.get("ranges")
                planned = PlannedFile(*(row[name] for name in ("uri", "size", "tag", "content_id", "skip")))
                file = self.make_file(uri=planned.uri, content_id=planned.content_id, read_page=read_page)
                asked = None if spans is None else [(one["start"], one["length"]) for one in spans]
                yield from self._read(Piece(planned, row["number"], row["n_pieces"]), file, asked)

    def _read(self, piece: Piece, file: CrawlFile, asked: list[Span] | None) -> Iterator[pa.RecordBatch]:
        """Read one piece; losing reach of its file is an answer, not a failure of the task."""
        started, batches, ledger, error = time.monotonic(), Batches(), Ledger(), None
        spans = None if asked is None else piece.share(asked)
        if piece.file.skip is None:
            try:
                # The index's part of a tag says nothing of the file itself.
                with files.open_binary(piece.file.uri, piece.file.tag.partition("#")[0], self.access) as stream:
                    found = records_of(stream, piece, spans, file.max_record_bytes)
                    yield from read_rows(found, file, ledger, batches)
            except (OSError, SourceUnavailableError) as reason:
                error = f"{type(reason).__name__}: {reason}"
        row = ledger.row(piece, spans, file.place, error) | {"step_id": self.step_id}
        row |= {"seconds": time.monotonic() - started, "read_at": datetime.now(UTC)}
        yield from batches.add("file", row)
        yield from batches.flush()


def _writer(staged: DataFrame) -> DataFrameWriter:
    """Write without dictionaries: texts hardly repeat, and what is staged is read once."""
    return staged.write.mode("overwrite").option("parquet.enable.dictionary", "false")


def _row(i: int, piece: Piece) -> tuple[int | str | None, ...]:
    one = piece.file
    return (i, one.uri, one.size, one.tag, one.content_id, one.skip, piece.number, piece.n_pieces)
