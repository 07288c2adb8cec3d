"""What a recipe's steps say of a few documents, with the measures that they said it by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.done import ComparingStep, work_of
from jobs.common.judged import judged
from jobs.common.tables import Place, matches
from schemas.classify import ClassifyStep
from schemas.scores import SCORES
from schemas.steps import AnyStep, TextStep
from schemas.tables import MEASURES, UNIT_KEY
from schemas.text_dedup import TextDedupStep
from transforms.allowed import allowed_by
from transforms.fields import Row
from transforms.lineage import dedup_id, score_id, text_step_id
from transforms.reason_measures import measures_of
from transforms.reasons import text_dedup_reasons, text_reasons
from transforms.scores import score_column, score_reasons


@dataclass(frozen=True)
class Judges:
    """Who is asked.

    Attributes:
        context: The command's surroundings.
        population: As for ``judged``.
        steps: The recipe's first steps, each of them done.
    """

    context: Context
    population: str
    steps: Sequence[AnyStep]
    _allowed: dict[str | None, dict[str, str]] = field(default_factory=dict, compare=False, repr=False)

    def allowed(self, language: str | None) -> dict[str, str]:
        """Say what each rule allows in a language; asked of many documents, so it is kept."""
        if language not in self._allowed:
            told = {reason: text for step in self.steps for reason, text in allowed_by(step, language).items()}
            self._allowed[language] = told
        return self._allowed[language]


def done_steps(context: Context, population: str) -> tuple[AnyStep, ...]:
    """Give a recipe's steps up to the first that compares documents and was not done for this input."""
    for i, step in enumerate(context.recipe.steps):
        if isinstance(step, ComparingStep) and not context.is_done(*work_of(context, step, population)):
            return context.recipe.steps[:i]
    return context.recipe.steps


def verdicts(judges: Judges, found: Sequence[Row]) -> dict[str, Row]:
    """Judge documents.

    Args:
        judges: Who is asked.
        found: doc_id, crawl, unit, attempt and http_status of a few documents of the recipe's crawl.

    Returns:
        By doc_id: language (null: none), is_kept, reasons (reason; allowed: in words; values: step, measure, value of
        each number that it was read from; of a dedup step's neither), held (the same of each rule that was asked and
        is not against it) and scores (model → score, null: none).
    """
    models = list(dict.fromkeys(name for step in _classify_steps(judges) for name in step.models))
    scores = [F.col(score_column(name)).alias(f"score {i}") for i, name in enumerate(models)]
    told: dict[str, Row] = {}
    for place, mine in _by_unit(found):
        is_asked = F.col("doc_id").isin([row["doc_id"] for row in mine])
        rows = judged(judges.context, judges.steps, judges.population, place).where(is_asked)
        measured = _measured(judges, place, mine)
        for row in rows.select("doc_id", "language.language", "reasons", *scores).collect():
            by_model = {name: row[f"score {i}"] for i, name in enumerate(models)}
            values = measured[row["doc_id"]] | _scored(judges, by_model)
            told[row["doc_id"]] = {
                "language": row["language"],
                "is_kept": not row["reasons"],
                **_rules(judges, row["language"], row["reasons"], values),
                "scores": by_model,
            }
    return told


def told_against(judges: Judges, found: Sequence[Row]) -> dict[str, list[Row]]:
    """Give the rules against documents whose reasons are known, wherever they lie; each table is read once.

    Args:
        judges: Who is asked.
        found: doc_id, language, http_status and reasons of a few documents.

    Returns:
        By doc_id: the reasons, as ``verdicts`` gives them.
    """
    values = _measured(judges, {}, found)
    scores = _scores(judges, [row["doc_id"] for row in found])
    told: dict[str, list[Row]] = {}
    for row in found:
        mine = values[row["doc_id"]] | _scored(judges, scores.get(row["doc_id"], {}))
        told[row["doc_id"]] = _rules(judges, row["language"], row["reasons"], mine)["reasons"]
    return told


def _scores(judges: Judges, ids: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Read doc_id → model → score."""
    recipe, population = judges.context.recipe, judges.population
    asked = {score_id(recipe, step, name, population): name for step in _classify_steps(judges) for name in step.models}
    if not asked:
        return {}
    told: dict[str, dict[str, float | None]] = {}
    mine = F.col("doc_id").isin(list(ids)) & F.col("step_id").isin(list(asked))
    for row in judges.context.warehouse.read(SCORES).where(mine).collect():
        told.setdefault(row["doc_id"], {})[asked[row["step_id"]]] = row["score"]
    return told


def _rules(judges: Judges, language: str | None, reasons: Sequence[str], values: Mapping[str, list[Row]]) -> Row:
    """Part the rules into those that are against a document and those that hold, each with what it allows."""
    allowed = judges.allowed(language)
    # A number that nobody took was not asked: scores are of documents that come so far.
    asked = [one for one in allowed if any(value["value"] is not None for value in values.get(one, []))]
    told = {"reasons": list(dict.fromkeys(reasons)), "held": [one for one in asked if one not in reasons]}
    return {
        kind: [{"reason": one, "allowed": allowed.get(one), "values": values.get(one, [])} for one in names]
        for kind, names in told.items()
    }


def _classify_steps(judges: Judges) -> list[ClassifyStep]:
    return [step for step in judges.steps if isinstance(step, ClassifyStep)]


def _by_unit(found: Sequence[Row]) -> Iterator[tuple[Place, list[Row]]]:
    unit = itemgetter(*UNIT_KEY)
    for key, rows in groupby(sorted(found, key=unit), key=unit):
        yield dict(zip(UNIT_KEY, key, strict=True)), list(rows)


def _measured(judges: Judges, place: Place, found: Sequence[Row]) -> dict[str, dict[str, list[Row]]]:
    """Read what the reasons of steps that read texts are read from: doc_id → reason → step, measure, value."""
    told: dict[str, dict[str, list[Row]]] = {row["doc_id"]: {} for row in found}
    reading = [step for step in judges.steps if isinstance(step, TextStep | TextDedupStep)]
    asked = [(step, _step_id(judges, step), _reasons(step)) for step in reading]
    is_asked = F.col("doc_id").isin(list(told)) & F.col("step_id").isin([step_id for _, step_id, _ in asked])
    rows = judges.context.warehouse.read(MEASURES).where(matches(place)).where(is_asked).collect()
    measured = {(row["doc_id"], row["step_id"]): row.asDict(recursive=True) for row in rows}
    for row in found:
        for step, step_id, reasons in asked:
            families = measured.get((row["doc_id"], step_id), {}) | {"http_status": row["http_status"]}
            for reason, measures in reasons.items():
                mine = [{"step": step.name, "measure": one, "value": _at(families, one)} for one in measures]
                told[row["doc_id"]].setdefault(reason, []).extend(mine)
    return told


def _step_id(judges: Judges, step: TextStep | TextDedupStep) -> str:
    recipe = judges.context.recipe
    if isinstance(step, TextDedupStep):
        return dedup_id(recipe, step, judges.population)
    return text_step_id(recipe, step, judges.population)


def _reasons(step: TextStep | TextDedupStep) -> dict[str, tuple[str, ...]]:
    """Give a step's reasons and the measures that they are read from."""
    if isinstance(step, TextDedupStep):
        return dict.fromkeys(text_dedup_reasons(step), ("parts.n_parts", "parts.n_removed"))
    return {reason: measures_of(reason) for reason in text_reasons(step)}


def _scored(judges: Judges, scores: Mapping[str, float | None]) -> dict[str, list[Row]]:
    """Give the scores that the reasons of classify steps are read from, as ``_measured`` does."""
    told: dict[str, list[Row]] = {}
    for step in _classify_steps(judges):
        for reason in score_reasons(step):
            value = scores.get(reason.rpartition(":")[0])
            told.setdefault(reason, []).append({"step": step.name, "measure": "score", "value": value})
    return told


def _at(families: Mapping[str, Row | None], measure: str) -> object:
    family, _, name = measure.partition(".")
    row = families.get(family)  # who was dropped before has no row of a step that compares texts
    return row[name] if name and row else row
