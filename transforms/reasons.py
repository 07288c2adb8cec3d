"""Measures → reasons: every rule as a named condition over written columns. Nothing runs here.

A condition is true when the document breaks the rule. A comparison with NaN or null must not let
a document pass, so doubtful values count as broken.
"""

from collections.abc import Callable, Sequence
from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from schemas.classify import ClassifyStep
from schemas.edits import C4_LIMITS
from schemas.rules import (
    DatatroveRepetitionRules,
    GopherRules,
    LanguageRules,
    LicenceRules,
    RepetitionRules,
    ScriptRules,
    SourceRules,
    UrlRules,
)
from schemas.shapes import Shape
from schemas.steps import AnyStep, CleanStep, DedupStep, MeasureStep, TextStep
from schemas.text_dedup import TextDedupStep
from transforms.limits import Rules, at_least, at_most, limit_by_language, limit_reasons, listed_reasons
from transforms.scores import score_reasons


def source_reasons(rules: SourceRules) -> Rules:
    """Ask the response's status code; a page without one passes."""
    status = F.col("http_status")
    return {"source:http_status": status.isNotNull() & ~status.isin(list(rules.http_statuses))}


def url_reasons(rules: UrlRules) -> Rules:
    """Ask what lists say of the URL; without a URL measure it is doubtful, and goes."""
    m = F.col("url_lists")
    domain = m["is_listed_netloc"] if rules.is_exact else m["is_listed_domain"]
    asked = {
        "url:listed_domain": (rules.domains, ~domain),
        "url:strict_word": (rules.strict_words, m["n_strict"] == 0),
        "url:hard_word": (rules.hard_words, m["n_hard"] == 0),
        "url:soft_words": (rules.soft_words, m["n_soft"] < rules.min_soft_words),
    }
    return {name: ~F.coalesce(passes, F.lit(False)) for name, (words, passes) in asked.items() if words}


def language_reasons(rules: LanguageRules) -> Rules:
    """Ask the language label and how sure the model is of it."""
    language, score = F.col("language.language"), F.col("language.language_score")
    limit = limit_by_language(F.lit(rules.min_score), rules.min_scores)
    enough = at_least(score, limit) & (score > limit if rules.is_above else F.lit(True))
    unwanted = F.lit(False) if not rules.allowed else ~language.isin(list(rules.allowed))
    return {
        "language:unknown": language.isNull(),
        "language:not_allowed": language.isNotNull() & unwanted,
        "language:low_score": language.isNotNull() & ~enough,
    }


def script_reasons(rules: ScriptRules) -> Rules:
    """Ask the script of most letters."""
    wanted = F.coalesce(F.col("scripts.top_script").isin(list(rules.allowed)), F.lit(False))
    told = {"scripts:not_allowed": ~wanted} if rules.allowed else {}
    return told | limit_reasons("scripts", rules, {"min_top_script_ratio", "max_scripts"})


def licence_reasons(rules: LicenceRules) -> Rules:
    """Ask the one kind of licence that a page links to."""
    m = F.col("licences")
    has_none = F.coalesce(m["n_licences"] == 0, F.lit(True))
    return {
        "licences:none": has_none,
        "licences:not_allowed": ~has_none & ~F.coalesce(m["licence_kind"].isin(list(rules.allowed)), F.lit(False)),
    }


def gopher_reasons(rules: GopherRules) -> Rules:
    """Ask the Gopher quality measures (Rae et al. 2021, Table A1; thresholds as DCLM uses them)."""
    m = F.col("gopher")
    mean = F.col("words.mean_word_chars")
    language = F.coalesce(F.col("language.language"), F.lit(""))
    needs_stop_words = language.isin(list(rules.stop_word_languages)) | F.lit("any" in rules.stop_word_languages)
    return {
        "gopher:too_few_words": m["n_counted_words"] < rules.min_words,
        "gopher:too_many_words": m["n_counted_words"] > rules.max_words,
        "gopher:words_too_short": ~at_least(mean, rules.min_mean_word_chars),
        "gopher:words_too_long": ~at_most(mean, rules.max_mean_word_chars),
        "gopher:too_many_symbols": ~at_most(m["symbol_word_ratio"], rules.max_symbol_word_ratio),
        "gopher:too_many_bullets": ~at_most(m["bullet_line_ratio"], rules.max_bullet_line_ratio),
        "gopher:too_many_ellipses": ~at_most(m["ellipsis_line_ratio"], rules.max_ellipsis_line_ratio),
        "gopher:too_little_alpha": ~at_most(m["non_alpha_word_ratio"], rules.max_non_alpha_word_ratio),
        "gopher:too_few_stop_words": needs_stop_words & (m["n_stop_words"] < rules.min_stop_words),
    }


def repetition_reasons(rules: RepetitionRules) -> Rules:
    """Ask the Gopher repetition measures; a text without a line goes, as in DCLM's code."""
    no_lines = F.coalesce(F.col("repetition")["n_lines"] == 0, F.lit(True))
    return {"repetition:no_lines": no_lines} | limit_reasons("repetition", rules)


def datatrove_repetition_reasons(rules: DatatroveRepetitionRules) -> Rules:
    """Ask Gopher's repetition as datatrove counts it; an empty text goes, as there."""
    is_empty = F.coalesce(F.col("words")["n_bytes"] == 0, F.lit(True))
    return {"datatrove_repetition:empty": is_empty} | limit_reasons("datatrove_repetition", rules)


def measure_reasons(step: MeasureStep) -> Rules:
    """Give all rules of a measure step, in the order in which the funnel shows them."""
    told = {
        source_reasons: step.source,
        url_reasons: step.url,
        language_reasons: step.language,
        partial(limit_reasons, "line_languages"): step.line_languages,
        script_reasons: step.scripts,
        licence_reasons: step.licences,
        gopher_reasons: step.gopher,
        repetition_reasons: step.repetition,
        partial(limit_reasons, "datatrove_quality"): step.datatrove_quality,
        datatrove_repetition_reasons: step.datatrove_repetition,
        partial(limit_reasons, "fineweb"): step.fineweb,
        partial(limit_reasons, "signals"): step.signals,
        partial(listed_reasons, "stop_words"): step.stop_words,
        partial(listed_reasons, "flagged_words"): step.flagged_words,
        partial(limit_reasons, "pii"): step.pii,
    }
    each = [by_language(ask, rules) for ask, rules in told.items() if rules]  # type: ignore[arg-type]
    return {name: fails for told in each for name, fails in told.items()}


def by_language(ask: Callable[[Shape], Rules], rules: Shape) -> Rules:
    """Ask each text by the rules of its language, where these have their own."""
    told = ask(rules)
    language, never = F.coalesce(F.col("language.language"), F.lit("")), F.lit(False)
    for label, own in getattr(rules, "languages", {}).items():
        theirs = ask(own)
        told = {
            name: F.when(language == label, theirs.get(name, never)).otherwise(told.get(name, never))
            for name in told | theirs
        }
    return told


def clean_reasons(step: CleanStep) -> Rules:
    """Ask how much a clean step left."""
    m = F.col("edit")
    c4 = limit_reasons("c4", step.c4, C4_LIMITS) if step.c4 else {}
    return c4 | {
        f"{step.name}:nothing_left": F.coalesce(m["n_bytes_after"] == 0, F.lit(True)),
        f"{step.name}:too_many_words_removed": ~at_most(m["removed_word_ratio"], step.max_removed_word_ratio),
    }


def dedup_reasons(step: DedupStep) -> Rules:
    """Give the rule of a dedup step: the document stands in ``duplicates`` (``survivor_id`` is set)."""
    return {f"dedup:{step.method}": F.col("survivor_id").isNotNull()}


def text_dedup_reasons(step: TextDedupStep) -> Rules:
    """Ask whether a step that takes what other texts have too left a word; ``parts`` is null where it took none."""
    return {f"{step.name}:nothing_left": F.coalesce(F.col("parts.is_emptied"), F.lit(False))}


def text_reasons(step: TextStep) -> Rules:
    """Give all rules of a step that reads texts."""
    return clean_reasons(step) if isinstance(step, CleanStep) else measure_reasons(step)


def reason_order(steps: Sequence[AnyStep]) -> list[str]:
    """Give every reason that these steps can produce, in their order."""
    names: list[str] = []
    for step in steps:
        if isinstance(step, ClassifyStep):
            names += score_reasons(step)
        elif isinstance(step, TextDedupStep):
            names += text_dedup_reasons(step)
        else:
            names += dedup_reasons(step) if isinstance(step, DedupStep) else text_reasons(step)
    return list(dict.fromkeys(names))


def with_reasons(rules: Rules) -> Callable[[DataFrame], DataFrame]:
    """Append the names of all broken rules to ``reasons``; empty means that nothing is against it."""
    broken = F.array_compact(F.array(*(F.when(fails, F.lit(name)) for name, fails in rules.items())))

    def step(df: DataFrame) -> DataFrame:
        return df.withColumn("reasons", F.concat("reasons", broken))

    return step
