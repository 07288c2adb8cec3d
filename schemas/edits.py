"""What a clean step takes from a text, and C4's limits on what is left: one section for each kind of edit."""

from typing import Literal

from schemas.shapes import Count, ListFile, Ratio, Shape


class LinkRules(Shape):
    """``[steps.links]`` of a clean step: URLs and IPv4 addresses leave the text, with white space before them."""

    tlds: ListFile
    """Top-level domains: what makes ``name.tld/path`` a URL."""
    mode: Literal["faithful", "corrected"] = "corrected"
    """Faithful: as DCLM's code, which removes URLs only from texts that begin with a top-level domain's letters."""


class C4Rules(Shape):
    """``[steps.c4]`` of a clean step: which lines go, and what speaks against the whole text (Raffel et al. 2020)."""

    max_word_chars: Count = 1000
    """Lines with a longer word go; 0: no limit."""
    removes_citations: bool = True
    """``[1]``, ``[edit]`` and ``[citation needed]`` leave the lines."""
    needs_end_punctuation: bool = True
    """Lines that do not end in ``. ? ! " '``, or end in three dots, go."""
    min_words: Count = 3
    """Lines with fewer words go."""
    drops_javascript: bool = True
    """Lines that name JavaScript go."""
    drops_policies: bool = True
    """Lines that speak of terms of use, privacy or cookies go."""
    max_lorem_ipsum_lines: Count = 0
    """Most lines with ``lorem ipsum`` of a text that stays."""
    max_curly_bracket_lines: Count = 0
    """Most lines with a curly bracket of a text that stays."""
    min_sentences: Count = 5
    """Fewest sentences in the lines that stay."""
    min_long_paragraphs: Count = 0
    """Fewest paragraphs of 200 characters; mC4 asks for 3."""


C4_LIMITS = {"max_lorem_ipsum_lines", "max_curly_bracket_lines", "min_sentences", "min_long_paragraphs"}
"""What is asked of the whole text, by its measures; the other rules change it."""


class LineRules(Shape):
    """``[steps.lines]`` of a clean step: which lines go (RefinedWeb, Penedo et al. 2023, as DCLM's code does it)."""

    max_upper_ratio: Ratio = 0.5
    max_digit_ratio: Ratio = 0.999999
    drops_counters: bool = True
    """Lines such as ``3 likes`` go."""
    min_words: Count = 2
    """Lines with fewer words go; empty ones stay."""
    cuts_phrases: bool = True
    """``items in cart``, ``read more…`` and ``sign-in`` leave lines of ten words or fewer."""
