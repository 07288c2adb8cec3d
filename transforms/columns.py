"""Texts → families of measures, as Arrow columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from schemas.measures import FAMILIES, EditMeasures
from transforms.text import gopher, text_rules
from transforms.text.fingerprints import exact_hashes, text_hashes
from transforms.text.language import LanguageModel, identify
from transforms.text.licences import measure_licences
from transforms.text.line_languages import identify_lines
from transforms.text.listed import WordSets, measure_listed
from transforms.text.pii import measure_pii
from transforms.text.scripts import measure_scripts
from transforms.text.unicode import Bytes, Longs
from transforms.text.url_lists import UrlLists, measure_urls

_BESIDE = {"url": "url_lists", "licences": "licences"}
"""Column of ``documents`` → the family that is measured of it."""


@dataclass(frozen=True)
class Texts:
    """A batch of texts as kernels see them.

    Attributes:
        data: Valid UTF-8 bytes of all texts.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    """

    data: Bytes
    offsets: Longs

    def __post_init__(self) -> None:
        """Make the arrays read-only, as most of Arrow's are: numba compiles a kernel once for each kind of array."""
        self.data.flags.writeable = self.offsets.flags.writeable = False

    @classmethod
    def of(cls, column: pa.Array) -> "Texts":
        """Take a string array's bytes, without copying them.

        Raises:
            ValueError: a text is null; ``documents.text`` never is.
        """
        if column.null_count:
            raise ValueError("a text is null")
        large = column.cast(pa.large_string())
        _, offsets, data = large.buffers()
        starts = np.frombuffer(offsets, np.int64)[large.offset : large.offset + len(large) + 1]
        return cls(np.frombuffer(data or b"", np.uint8), starts)

    @cached_property
    def column(self) -> pa.Array:
        """The texts as an Arrow array, on the same bytes."""
        parts = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_string(), len(self.offsets) - 1, parts)

    @cached_property
    def strings(self) -> list[str]:
        """The texts as Python strings."""
        return list(self.column.to_pylist())


@dataclass(frozen=True)
class Measured:
    """One measure step, as workers see it.

    Attributes:
        step_id: Goes into its rows.
        families: What to measure, by name; keys of ``FAMILIES``.
        normaliser: How two texts are compared by ``exact_hash``.
        joins_lines: Show the language model a text without its new-lines.
        load_model: Gives the language model; called in the worker, and quick from the second call on.
        load_lists: Gives the lists that URLs are held against; the same.
        load_words: Family → gives the lists by language that its words are in; the same.
    """

    step_id: str
    families: tuple[str, ...]
    normaliser: str
    joins_lines: bool = False
    load_model: Callable[[], LanguageModel] | None = None
    load_lists: Callable[[], UrlLists] | None = None
    load_words: Mapping[str, Callable[[], WordSets]] = field(default_factory=dict)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of ``documents`` that are needed beside the text."""
        return tuple(name for name, family in _BESIDE.items() if family in self.families)

    def columns(self, texts: Texts, beside: pa.RecordBatch) -> dict[str, pa.StructArray]:
        """Measure a batch, whose other columns are ``beside``; gives a struct for each of the step's families."""
        told: dict[str, dict[str, Any]] = {"fingerprint": self._fingerprint(texts)}
        told |= text_rules.measure(texts.data, texts.offsets, self.families)
        if "pii" in self.families:
            told["pii"] = measure_pii(texts.strings)._asdict()
        if "scripts" in self.families:
            told["scripts"] = measure_scripts(texts.data, texts.offsets)._asdict()
        if "licences" in self.families:
            told["licences"] = measure_licences(beside.column("licences").to_pylist())._asdict()
        if self.load_lists:
            told["url_lists"] = measure_urls(beside.column("url").to_pylist(), self.load_lists())._asdict()
        if self.load_model:
            told |= self._of_languages(texts, self.load_model())
        return {name: struct(FAMILIES[name], told[name]) for name in self.families}

    def _of_languages(self, texts: Texts, model: LanguageModel) -> dict[str, dict[str, Any]]:
        told = {"language": identify(texts.data, texts.offsets, model, self.joins_lines)._asdict()}
        languages = told["language"]["language"]
        if "line_languages" in self.families:
            lines = identify_lines(texts.data, texts.offsets, languages, model)
            told["line_languages"] = lines._asdict()
        for name, load in self.load_words.items():
            told[name] = measure_listed(texts.data, texts.offsets, languages, load())._asdict()
        return told

    def _fingerprint(self, texts: Texts) -> dict[str, list[str]]:
        return {
            "text_sha256": text_hashes(texts.data, texts.offsets),
            "exact_hash": exact_hashes(texts.data, texts.offsets, self.normaliser),
        }


def edited(before: Texts, after: Texts) -> pa.StructArray:
    """Measure what a clean step took from each text."""
    n_before = gopher.counted_words(before.data, before.offsets)
    n_after = n_before if after is before else gopher.counted_words(after.data, after.offsets)
    told = EditMeasures(
        n_bytes_before=np.diff(before.offsets),  # type: ignore[arg-type]
        n_bytes_after=np.diff(after.offsets),  # type: ignore[arg-type]
        n_words_before=n_before,  # type: ignore[arg-type]
        n_words_after=n_after,  # type: ignore[arg-type]
        removed_word_ratio=(n_before - n_after) / np.maximum(n_before, 1),  # type: ignore[arg-type]
    )
    return struct(EditMeasures, told._asdict())


def struct(family: Any, values: dict[str, Any]) -> pa.StructArray:
    """Gather a family's measures, arrays or lists by name, into one Arrow column."""
    names = list(family._fields)
    return pa.StructArray.from_arrays([pa.array(values[name]) for name in names], names=names)
