"""What each rule of a step allows, in words: ``≥ 50``, ``one of en, de``. For people who ask about one document."""

from collections.abc import Callable, Iterable
from functools import partial

from schemas.classify import BUCKETS, ClassifyStep, ScoreModel
from schemas.edits import C4_LIMITS
from schemas.rules import GopherRules, LanguageRules, LicenceRules, ScriptRules, SourceRules, UrlRules
from schemas.shapes import Shape
from schemas.steps import AnyStep, CleanStep, DedupStep, MeasureStep
from schemas.text_dedup import TextDedupStep
from transforms.limits import limits_of

Allowed = dict[str, str]
"""Reason → what a document may have without it."""

_GOPHER = {
    "too_few_words": ("≥", "min_words"),
    "too_many_words": ("≤", "max_words"),
    "words_too_short": ("≥", "min_mean_word_chars"),
    "words_too_long": ("≤", "max_mean_word_chars"),
    "too_many_symbols": ("≤", "max_symbol_word_ratio"),
    "too_many_bullets": ("≤", "max_bullet_line_ratio"),
    "too_many_ellipses": ("≤", "max_ellipsis_line_ratio"),
    "too_little_alpha": ("≤", "max_non_alpha_word_ratio"),
}


def allowed_by(step: AnyStep, language: str | None) -> Allowed:
    """Say what a step's rules allow.

    Args:
        step: Of any kind; where it keeps a share, the scores must have been put in its place.
        language: Label of the document's language: some rules have other limits for it.

    Returns:
        Reason, as ``reasons`` names it → what is allowed; without rules that are not asked of this language.
    """
    if isinstance(step, MeasureStep):
        return _of_measures(step, language)
    if isinstance(step, CleanStep):
        c4 = _limits("c4", step.c4, C4_LIMITS) if step.c4 else {}
        words = f"≤ {step.max_removed_word_ratio:g}"
        return c4 | {f"{step.name}:nothing_left": "≥ 1", f"{step.name}:too_many_words_removed": words}
    if isinstance(step, ClassifyStep):
        told = [_of_model(name, model, language) for name, model in step.models.items()]
        return {reason: text for one in told for reason, text in one.items()}
    if isinstance(step, TextDedupStep):
        return {f"{step.name}:nothing_left": "a part is left"}
    return {f"dedup:{step.method}": _unlike(step)}


def _of_measures(step: MeasureStep, language: str | None) -> Allowed:
    asked: list[tuple[Callable[..., Allowed], Shape | None]] = [
        (_source, step.source),
        (_url, step.url),
        (partial(_language, language), step.language),
        (partial(_limits, "line_languages"), step.line_languages),
        (_scripts, step.scripts),
        (_licences, step.licences),
        (partial(_gopher, language), step.gopher),
        (partial(_with_one, "repetition", "no_lines"), step.repetition),
        (partial(_limits, "datatrove_quality"), step.datatrove_quality),
        (partial(_with_one, "datatrove_repetition", "empty"), step.datatrove_repetition),
        (partial(_limits, "fineweb"), step.fineweb),
        (partial(_limits, "signals"), step.signals),
        (partial(_listed, language, "stop_words"), step.stop_words),
        (partial(_listed, language, "flagged_words"), step.flagged_words),
        (partial(_limits, "pii"), step.pii),
    ]
    told: Allowed = {}
    for ask, rules in asked:
        if rules is not None:
            told |= ask(getattr(rules, "languages", {}).get(language, rules))
    return told


def _limits(family: str, rules: Shape, names: set[str] | None = None) -> Allowed:
    found = limits_of(family, rules, names)
    return {reason: f"{'≥' if one.is_least else '≤'} {_number(one.value)}" for reason, one in found.items()}


def _with_one(family: str, name: str, rules: Shape) -> Allowed:
    return {f"{family}:{name}": "≥ 1"} | _limits(family, rules)


def _listed(language: str | None, family: str, rules: Shape) -> Allowed:
    lists = getattr(rules, "lists", {})
    return _limits(family, rules, set(type(rules).model_fields) - {"lists"}) if language in lists else {}


def _source(rules: SourceRules) -> Allowed:
    return {"source:http_status": _one_of(map(str, rules.http_statuses))}


def _url(rules: UrlRules) -> Allowed:
    told = {
        "url:listed_domain": (rules.domains, "no"),
        "url:strict_word": (rules.strict_words, "0"),
        "url:hard_word": (rules.hard_words, "0"),
        "url:soft_words": (rules.soft_words, f"< {rules.min_soft_words}"),
    }
    return {reason: text for reason, (words, text) in told.items() if words}


def _language(label: str | None, rules: LanguageRules) -> Allowed:
    if label is None:
        return {"language:unknown": "any"}
    least = rules.min_scores.get(label, rules.min_score)
    names = _one_of(rules.allowed) if rules.allowed else "any"
    score = f"{'>' if rules.is_above else '≥'} {least:g}"
    return {"language:unknown": "any", "language:not_allowed": names, "language:low_score": score}


def _scripts(rules: ScriptRules) -> Allowed:
    told = {"scripts:not_allowed": _one_of(rules.allowed)} if rules.allowed else {}
    return told | _limits("scripts", rules, {"min_top_script_ratio", "max_scripts"})


def _licences(rules: LicenceRules) -> Allowed:
    return {"licences:none": "≥ 1", "licences:not_allowed": _one_of(rules.allowed)}


def _gopher(language: str | None, rules: GopherRules) -> Allowed:
    told = {f"gopher:{name}": f"{sign} {_number(getattr(rules, rule))}" for name, (sign, rule) in _GOPHER.items()}
    if {"any", language} & set(rules.stop_word_languages):
        told["gopher:too_few_stop_words"] = f"≥ {rules.min_stop_words}"
    return told


def _of_model(name: str, model: ScoreModel, language: str | None) -> Allowed:
    number = {f"{name}:no_score": "a number"}
    if model.buckets:
        ends = [f"{score:.6g}" for score in model.bucket_scores]
        text = f"in {' or '.join(model.buckets)}" + (f" (ends: {', '.join(ends)})" if ends else "")
        return number | {f"{name}:{one}": text for one in BUCKETS if one not in model.buckets}
    limit = model.limits.get(language or "", model.limit)  # as in scores.score_reasons
    if limit is None:
        return {}
    text = f"{'≤' if model.is_lowest_best else '≥'} {limit:.6g}"
    return number | {f"{name}:{'high_score' if model.is_lowest_best else 'low_score'}": text}


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"


def _unlike(step: DedupStep) -> str:
    """Say how alike a document may be to one that stays."""
    if step.method == "near":
        return f"< {step.near_rules.min_similarity:g}"
    return f"< {step.semantic.min_similarity:g}" if step.semantic else "no equal one"


def _one_of(values: Iterable[str]) -> str:
    return f"one of {', '.join(values)}"
