"""Texts → signatures, and texts → what pairs are verified by: kernels over Arrow batches."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructField, StructType

from schemas.signatures import COMPARED, SIGNATURE, SIGNATURES
from schemas.tables import UNIT_KEY
from transforms.columns import Texts
from transforms.text.lsh_curve import PRESETS, Bands, smallest_bands
from transforms.text.minhash import Signed, band_hashes, sign
from transforms.text.shingles import Shingling, shingle_sets
from transforms.workers import map_batches

if TYPE_CHECKING:  # pydantic is the driver's: no worker imports it
    from schemas.dedup import NearRules

Transform = Callable[[DataFrame], DataFrame]


@dataclass(frozen=True)
class Signing:
    """How texts are signed.

    Attributes:
        shingling: What a shingle is.
        cut: Bands and rows of a signature.
        seed: Of the hash functions.
    """

    shingling: Shingling
    cut: Bands
    seed: int

    def sign(self, texts: Texts) -> Signed:
        """Sign a batch."""
        return sign(texts.data, texts.offsets, self.shingling, self.cut.n_hashes, self.seed)


def signing_of(rules: "NearRules") -> Signing:
    """Give what a recipe's step asks for."""
    if rules.recall is not None:
        cut = smallest_bands(rules.min_similarity, rules.recall)
    elif rules.bands is not None and rules.rows is not None:
        cut = Bands(rules.bands, rules.rows)
    else:
        cut = PRESETS[rules.preset or "fineweb"]
    return Signing(Shingling(rules.unit, rules.size), cut, rules.seed)


def with_signature(signing: Signing, text: str, output: str) -> Transform:
    """Sign the texts of any frame.

    Args:
        signing: How.
        text: The column that holds them; a null is an empty text.
        output: The column to append, a struct of ``n_shingles``, ``set_hash`` and ``bands``.
    """

    def step(df: DataFrame) -> DataFrame:
        schema = StructType([*df.schema, StructField(output, SIGNATURE, nullable=False)])
        return map_batches(df, _signed, schema)

    def _signed(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            told = _told(Texts.of(batch.column(text).fill_null("")), signing)
            struct = pa.StructArray.from_arrays(list(told.values()), list(told))
            yield pa.RecordBatch.from_arrays([*batch.columns, struct], [*batch.schema.names, output])

    return step


def signatures_of(signing: Signing, step_id: str) -> Transform:
    """Give rows of ``signatures``, of frames with doc_id, crawl, unit, attempt and text."""

    def step(documents: DataFrame) -> DataFrame:
        return map_batches(documents.select("doc_id", *UNIT_KEY, "text"), _signed, SIGNATURES.schema)

    def _signed(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            told = _told(Texts.of(batch.column("text")), signing) | {"step_id": pa.array([step_id] * batch.num_rows)}
            yield _batch(told | {name: batch.column(name) for name in ("doc_id", *UNIT_KEY)}, SIGNATURES.schema)

    return step


def shingles_of(signing: Signing) -> Transform:
    """Give each document's set of hashed shingles: rows of ``COMPARED``, of frames with doc_id and text."""

    def cut(texts: Texts) -> pa.Array:
        hashes, offsets = shingle_sets(texts.data, texts.offsets, *signing.shingling)
        return _lists(hashes.view(np.int64), offsets)

    return _compared(cut)


def minima_of(signing: Signing) -> Transform:
    """Give each document's whole signature in place of its set, as ``shingles_of`` does."""

    def minima(texts: Texts) -> pa.Array:
        found = signing.sign(texts).signatures.astype(np.int64)
        return _lists(found.reshape(-1), np.arange(len(found) + 1) * found.shape[1])

    return _compared(minima)


def _compared(values: Callable[[Texts], pa.Array]) -> Transform:
    def step(documents: DataFrame) -> DataFrame:
        return map_batches(documents.select("doc_id", "text"), _each, COMPARED)

    def _each(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            told = {"doc_id": batch.column("doc_id"), "values": values(Texts.of(batch.column("text")))}
            yield _batch(told, COMPARED)

    return step


def _told(texts: Texts, signing: Signing) -> dict[str, pa.Array]:
    """Give the fields of a signature; a text without shingles has no bands: it would share them with its like."""
    signed = signing.sign(texts)
    has_some = signed.n_shingles > 0
    bands = band_hashes(signed.signatures[has_some], *signing.cut)
    offsets = np.cumsum([0, *(has_some * signing.cut.bands)])
    return {
        "n_shingles": pa.array(signed.n_shingles.astype(np.int64)),
        "set_hash": pa.array(signed.set_hashes),
        "bands": _lists(bands.reshape(-1), offsets),
    }


def _lists(values: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values, pa.int64()))


def _batch(told: dict[str, pa.Array], schema: StructType) -> pa.RecordBatch:
    arrow = to_arrow_schema(schema)
    return pa.RecordBatch.from_arrays([told[field.name].cast(field.type) for field in arrow], schema=arrow)
