"""What an evaluation harness wrote, JSON or CSV → each model's accuracy by task.

Four forms are read: DCLM's and llm-foundry's JSON (``{"eval_metrics": {"icl": {task: accuracy}}}``), flat JSON
(``{task: accuracy}``), CSV with a row a model and a column a task, and CSV with columns ``task`` and ``accuracy``.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from schemas.errors import RecipeError

_MODEL = ("model_name", "Model JSON", "model")
"""Where a model's name stands, the first that is there; DCLM's ``model`` names an architecture."""
_SNAPSHOT = ("snapshot_id",)
_PARAMS = ("params", "n_params")
_TOKENS = ("tokens", "n_tokens")
_LARGEST = 10**18
"""A size above it is a slip."""


class Evaluated(NamedTuple):
    """One evaluation as its file tells it; None: the file does not say."""

    model: str | None
    snapshot: str | None
    n_params: int | None
    n_tokens: int | None
    accuracies: dict[str, float]
    """Task → share of right answers; only tasks of the benchmark, and what is empty is left out."""


def evaluations_of(text: str, origin: str, tasks: Sequence[str]) -> list[Evaluated]:
    """Read all evaluations of a file.

    Args:
        text: What is in it.
        origin: Its name, which errors mention.
        tasks: Of the benchmark; whatever else the file tells is left out.

    Raises:
        RecipeError: it is neither JSON nor CSV of these forms, has no task of the benchmark, or a value is wrong.
    """
    try:
        if text.lstrip().startswith("["):
            raise ValueError("given a list; allowed: an object, a file a model, or CSV")
        told = _of_json(text) if text.lstrip().startswith("{") else _of_csv(text)
        found = [_evaluated(where, one, tasks) for where, one in told]
    except ValueError as error:
        raise RecipeError(f"{origin}: {error}") from None
    if not any(one.accuracies for one in found):
        raise RecipeError(f"{origin}: has no task of the benchmark; allowed, such as: {', '.join(tasks[:3])}")
    return found


def _of_json(text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    try:
        told = json.loads(text, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON: {error}") from None
    except RecursionError:
        raise ValueError("not valid JSON: nested too deep") from None
    metrics = told.get("eval_metrics")
    icl = metrics.get("icl") if isinstance(metrics, dict) else None
    if "eval_metrics" in told and not isinstance(icl, dict):
        raise ValueError("eval_metrics.icl: allowed: an object, task → accuracy")
    yield "", told | (icl or {})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r:.80} stands twice")
    return told


def _of_csv(text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Give a place for errors and the cells of each model."""
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    try:
        [names, *rows] = [(reader.line_num, cells) for cells in reader if any(cells)] or [(1, [])]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: not valid CSV: {error}") from None
    columns = [name.strip() for name in names[1]]
    for line, cells in rows:
        if len(cells) != len(columns):
            raise ValueError(f"line {line}: has {len(cells)} cells; the header has {len(columns)}")
    told = [(f"line {line}: ", _each_once(list(zip(columns, cells, strict=True)))) for line, cells in rows]
    return [("", _by_task(told))] if {"task", "accuracy"} <= set(columns) else told


def _by_task(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Mapping[str, Any]:
    """Put rows of task and accuracy together; what else a row tells is as in the first one."""
    rows = list(rows)
    first = dict(rows[0][1]) if rows else {}
    return first | _each_once([(row["task"].strip(), row["accuracy"]) for _, row in rows])


def _evaluated(where: str, told: Mapping[str, Any], tasks: Sequence[str]) -> Evaluated:
    cells = {task: told[task] for task in tasks if told.get(task) not in (None, "")}
    model = _text(told, _MODEL)
    return Evaluated(
        model and model.removesuffix(".json"),
        _text(told, _SNAPSHOT),
        _size(where, told, _PARAMS),
        _size(where, told, _TOKENS),
        {task: _accuracy(where, task, cell) for task, cell in cells.items()},
    )


def _first(told: Mapping[str, Any], names: Sequence[str]) -> tuple[str, Any]:
    return next(((name, told[name]) for name in names if told.get(name) not in (None, "")), (names[0], None))


def _text(told: Mapping[str, Any], names: Sequence[str]) -> str | None:
    _, value = _first(told, names)
    return (str(value).strip() or None) if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _accuracy(where: str, task: str, value: Any) -> float:
    number = _number(value)
    if number is None or not 0 <= number <= 1:  # NaN is neither
        raise ValueError(f"{where}{task}: given {value!r:.80}; allowed: a share of right answers from 0 to 1")
    return number


def _size(where: str, told: Mapping[str, Any], names: Sequence[str]) -> int | None:
    name, value = _first(told, names)
    if value is None:
        return None
    number = _number(value)
    if number is None or not (1 <= number <= _LARGEST and number == int(number)):
        raise ValueError(f"{where}{name}: given {value!r:.80}; allowed: a whole number above 0")
    return int(value) if isinstance(value, int) else int(number)
