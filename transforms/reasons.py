"""Measures → reasons: every rule as a named condition over written columns. Nothing runs here.

A condition is true when the document breaks the rule. A comparison with NaN or null must not let
a document pass, so doubtful values count as broken.
"""

from collections.abc import Callable, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.recipe import DedupStep, GopherRules, LanguageRules, MeasureStep, SourceRules

Rules = dict[str, Column]


def source_reasons(rules: SourceRules) -> Rules:
    """Ask the response's status code; a page without one passes."""
    status = F.col("http_status")
    return {"source:http_status": status.isNotNull() & ~status.isin(list(rules.http_statuses))}


def language_reasons(rules: LanguageRules) -> Rules:
    """Ask the language label and how sure the model is of it."""
    language, score = F.col("language.language"), F.col("language.language_score")
    unwanted = F.lit(False) if not rules.allowed else ~language.isin(list(rules.allowed))
    return {
        "language:unknown": language.isNull(),
        "language:not_allowed": language.isNotNull() & unwanted,
        "language:low_score": language.isNotNull() & ~_at_least(score, rules.min_score),
    }


def gopher_reasons(rules: GopherRules) -> Rules:
    """Ask the Gopher quality measures (Rae et al. 2021, Table A1; thresholds as DCLM uses them)."""
    m = F.col("gopher")
    mean = F.col("words.mean_word_chars")
    needs_stop_words = F.coalesce(F.col("language.language"), F.lit("")).isin(list(rules.stop_word_languages))
    return {
        "gopher:too_few_words": m["n_counted_words"] < rules.min_words,
        "gopher:too_many_words": m["n_counted_words"] > rules.max_words,
        "gopher:words_too_short": ~_at_least(mean, rules.min_mean_word_chars),
        "gopher:words_too_long": ~_at_most(mean, rules.max_mean_word_chars),
        "gopher:too_many_symbols": ~_at_most(m["symbol_word_ratio"], rules.max_symbol_word_ratio),
        "gopher:too_many_bullets": ~_at_most(m["bullet_line_ratio"], rules.max_bullet_line_ratio),
        "gopher:too_many_ellipses": ~_at_most(m["ellipsis_line_ratio"], rules.max_ellipsis_line_ratio),
        "gopher:too_little_alpha": ~_at_most(m["non_alpha_word_ratio"], rules.max_non_alpha_word_ratio),
        "gopher:too_few_stop_words": needs_stop_words & (m["n_stop_words"] < rules.min_stop_words),
    }


def measure_reasons(step: MeasureStep) -> Rules:
    """Give all rules of a measure step, in the order in which the funnel shows them."""
    return {
        **source_reasons(step.source),
        **language_reasons(step.language),
        **gopher_reasons(step.gopher),
    }


def dedup_reasons(step: DedupStep) -> Rules:
    """Give the rule of a dedup step: the document stands in ``duplicates`` (``survivor_id`` is set)."""
    return {f"dedup:{step.method}": F.col("survivor_id").isNotNull()}


def reason_order(steps: Sequence[MeasureStep | DedupStep]) -> list[str]:
    """Give every reason that these steps can produce, in their order."""
    names: list[str] = []
    for step in steps:
        names += measure_reasons(step) if isinstance(step, MeasureStep) else dedup_reasons(step)
    return list(dict.fromkeys(names))


def with_reasons(rules: Rules) -> Callable[[DataFrame], DataFrame]:
    """Append the names of all broken rules to ``reasons``; empty means that nothing is against it."""
    broken = F.array_compact(F.array(*(F.when(fails, F.lit(name)) for name, fails in rules.items())))

    def step(df: DataFrame) -> DataFrame:
        return df.withColumn("reasons", F.concat("reasons", broken))

    return step


def _at_least(value: Column, limit: float) -> Column:
    """True for a number ≥ limit; false for NaN (which Spark sorts above every number) and null."""
    return F.coalesce(~F.isnan(value) & (value >= limit), F.lit(False))


def _at_most(value: Column, limit: float) -> Column:
    return F.coalesce(~F.isnan(value) & (value <= limit), F.lit(False))
