"""Texts of a JSONL file, ``text`` and perhaps ``label``, for the commands that need no Spark."""

import gzip
import json
import os
import zlib
from typing import Any, NamedTuple

from jobs.common import files
from schemas.errors import RecipeError


class LabelledTexts(NamedTuple):
    """What a file holds: texts, and which are positive, or None where the file does not say."""

    texts: list[str]
    is_positive: list[bool] | None


def file_bytes(uri: str, option: str) -> bytes:
    """Read a whole file.

    Raises:
        RecipeError: there is no such local file; ``option`` named it.
        SourceUnavailableError: it cannot be read.
    """
    if files.is_local(uri) and not os.path.isfile(files.absolute(uri)):
        raise RecipeError(f"{option}: no such file {uri!r}; allowed: a file that is there")
    return files.read_bytes(uri)


def parse_texts(data: bytes, name: str) -> LabelledTexts:
    """Parse lines of JSON, gzipped where ``name`` ends with .gz.

    Each has a ``text``; all or none have a ``label``: true, false, 1 or 0.

    Raises:
        RecipeError: a line is something else, with its number; or there is none.
    """
    if name.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise RecipeError(f"{name}: is no gzip file: {error}") from None
    found = [_parsed(line, f"{name}: line {i}") for i, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if not found:
        raise RecipeError(f'{name}: has no lines; allowed: one {{"text": "…"}} a line')
    labels = [label for _, label in found if label is not None]
    if labels and len(labels) < len(found):
        raise RecipeError(f"{name}: {len(labels):,} of {len(found):,} lines have a label; allowed: all or none")
    return LabelledTexts([text for text, _ in found], labels or None)


def _parsed(line: bytes, where: str) -> tuple[str, bool | None]:
    try:
        told: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"{where}: is no JSON: {error}") from None
    text = told.get("text") if isinstance(told, dict) else None
    if not isinstance(text, str):
        raise RecipeError(f'{where}: has no text; allowed: {{"text": "…"}}, and "label" if known')
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RecipeError(f"{where}: text: is not Unicode: {error}") from None
    label = told.get("label")
    if label is not None and not (isinstance(label, int) and label in (0, 1)):
        raise RecipeError(f"{where}: label: given {label!r}; allowed: true, false, 1, 0, or none at all")
    return text, None if label is None else bool(label)
