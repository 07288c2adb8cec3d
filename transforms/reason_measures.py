"""Reasons → the measures that they were read from."""

from schemas.measures import FAMILIES

# Reasons that are not named after their measure.
_ASKED = {
    "source:http_status": ("http_status",),
    "url:listed_domain": ("url_lists.is_listed_domain", "url_lists.is_listed_netloc"),
    "url:strict_word": ("url_lists.n_strict",),
    "url:hard_word": ("url_lists.n_hard",),
    "url:soft_words": ("url_lists.n_soft",),
    "language:unknown": ("language.language",),
    "language:not_allowed": ("language.language",),
    "language:low_score": ("language.language", "language.language_score"),
    "scripts:not_allowed": ("scripts.top_script",),
    "licences:none": ("licences.n_licences",),
    "licences:not_allowed": ("licences.licence_kind",),
    "gopher:too_few_words": ("gopher.n_counted_words",),
    "gopher:too_many_words": ("gopher.n_counted_words",),
    "gopher:words_too_short": ("words.mean_word_chars",),
    "gopher:words_too_long": ("words.mean_word_chars",),
    "gopher:too_many_symbols": ("gopher.symbol_word_ratio",),
    "gopher:too_many_bullets": ("gopher.bullet_line_ratio",),
    "gopher:too_many_ellipses": ("gopher.ellipsis_line_ratio",),
    "gopher:too_little_alpha": ("gopher.non_alpha_word_ratio",),
    "gopher:too_few_stop_words": ("gopher.n_stop_words",),
    "repetition:no_lines": ("repetition.n_lines",),
    "datatrove_repetition:empty": ("words.n_bytes",),
}
_OF_CLEAN_STEPS = {"nothing_left": "edit.n_bytes_after", "too_many_words_removed": "edit.removed_word_ratio"}


def measures_of(reason: str) -> tuple[str, ...]:
    """Give the measures that a reason of a measure or clean step was read from.

    Args:
        reason: As ``reasons.text_reasons`` names it.

    Returns:
        ``family.measure`` of each, or ``http_status``, which stands in ``documents``; none for what it does not know,
        such as reasons of dedup and classify steps.

    Example:
        >>> measures_of("pii:email")
        ('pii.n_email',)
    """
    if reason in _ASKED:
        return _ASKED[reason]
    family, _, name = reason.rpartition(":")
    if name in _OF_CLEAN_STEPS:
        return (_OF_CLEAN_STEPS[name],)
    plain = name.removeprefix("low_").removeprefix("high_")
    known = FAMILIES[family].__annotations__ if family in FAMILIES else {}
    return tuple(f"{family}.{measure}" for measure in (plain, f"n_{plain}") if measure in known)[:1]
