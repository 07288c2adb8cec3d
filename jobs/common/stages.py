"""A recipe's steps that read texts, as the workers see them: with loaders in place of paths."""

from collections.abc import Callable, Sequence
from functools import partial

import schemas.edits
from jobs.common.context import Context
from jobs.common.lists import entries, url_lists, word_sets
from jobs.common.loaders import load_languages
from schemas.edits import C4_LIMITS
from schemas.steps import CleanStep, MeasureStep, TextStep
from transforms.cleaning import Cleaned
from transforms.columns import Measured
from transforms.lineage import lists_of, text_step_id
from transforms.passes import Stage
from transforms.text.c4 import C4Rules
from transforms.text.lines import LineRules
from transforms.text.listed import WordSets
from transforms.text.phrases import DCLM_PHRASES


def stages_of(context: Context, steps: Sequence[TextStep], population: str | None) -> tuple[Stage, ...]:
    """Give measure and clean steps of the recipe, in order; of two that do the same to the same text, the first."""
    told: dict[str, Stage] = {}
    for step in steps:
        step_id = text_step_id(context.recipe, step, population)
        stage = _cleaned(step, step_id) if isinstance(step, CleanStep) else _measured(context, step, step_id)
        told.setdefault(stage.step_id, stage)
    return tuple(told.values())


def _measured(context: Context, step: MeasureStep, step_id: str) -> Measured:
    language = step.language
    named = [tuple((one.path, one.sha256) for one in lists) for lists in lists_of(step)]
    return Measured(
        step_id=step_id,
        families=step.measured(),
        normaliser=step.normalise,
        joins_lines=bool(language and language.joins_lines),
        load_model=partial(load_languages, context.models[step.name], language.sha256) if language else None,
        load_lists=partial(url_lists, *named) if step.url else None,
        load_words=_word_loaders(step),
    )


def _word_loaders(step: MeasureStep) -> dict[str, Callable[[], WordSets]]:
    asked = {"stop_words": step.stop_words, "flagged_words": step.flagged_words}
    lists = {name: rules.lists.items() for name, rules in asked.items() if rules}
    return {
        name: partial(word_sets, tuple((code, one.path, one.sha256) for code, one in of_each))
        for name, of_each in lists.items()
    }


def _cleaned(step: CleanStep, step_id: str) -> Cleaned:
    links = step.links
    return Cleaned(
        step_id=step_id,
        link_mode=links.mode if links else None,
        load_tlds=partial(entries, links.tlds.path, links.tlds.sha256) if links else None,
        max_newlines=step.max_newlines,
        line_rules=_line_rules(step.lines) if step.lines else None,
        c4_rules=C4Rules(**step.c4.model_dump(exclude=C4_LIMITS)) if step.c4 else None,
        redacted=step.redact,
    )


def _line_rules(asked: schemas.edits.LineRules) -> LineRules:
    told = asked.model_dump(exclude={"cuts_phrases"})
    return LineRules(**told, phrases=DCLM_PHRASES if asked.cuts_phrases else ())
