"""Pages with a fault that the Gopher rules know: each gives the inner HTML of its main part."""

from collections.abc import Callable
from html import escape
from random import Random
from typing import NamedTuple

from tests.sample import bank_en, bank_low, texts


class LowPage(NamedTuple):
    """A kind of page that the tiny recipe drops."""

    language: str
    first_reason: str
    main: Callable[[Random], str]


def paragraphs(lines: list[str]) -> str:
    """Wrap each line in a paragraph."""
    return "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)


def _word_list(rng: Random) -> str:
    return paragraphs(rng.sample(bank_low.OFFERS, 15))


def _symbol_spam(rng: Random) -> str:
    lines = []
    for template in rng.sample(bank_en.SENTENCES, 8):
        words = texts.fill(rng, "en", template).split()
        tagged = [f"#{word}" if i % 5 == 2 else word for i, word in enumerate(words)]
        lines.append(" ".join(tagged) + " ... ###")
    return paragraphs([f"{line} and the story goes on from there" for line in lines])


def _bullet_page(rng: Random) -> str:
    lines = [texts.fill(rng, "en", template) for template in rng.sample(bank_en.SENTENCES, 24)]
    if rng.random() < 0.5:
        return paragraphs([f"- {line}" for line in lines])
    items = "\n".join(f"<li>{escape(line, quote=False)}</li>" for line in lines)
    # Main content extraction takes a list right below the article for a menu, and drops it.
    return f"<section>\n<ul>\n{items}\n</ul>\n</section>"


def _number_page(rng: Random) -> str:
    head = "".join(f"<th>{name}</th>" for name in bank_low.TABLE_HEAD)
    rows = []
    for number in range(18):
        cells = "".join(f"<td>{rng.uniform(1, 40):.2f}</td>" for _ in range(4))
        rows.append(f"<tr><td>Station {number + 1}</td>{cells}</tr>")
    table = f"<table>\n<tr>{head}</tr>\n" + "\n".join(rows) + "\n</table>"
    lines = [texts.fill(rng, "en", template) for template in rng.sample(bank_en.SENTENCES, 4)]
    return paragraphs([bank_low.TABLE_INTRO, *lines]) + table


def _ellipsis_page(rng: Random) -> str:
    return paragraphs([f"{line}..." for line in rng.sample(bank_low.TEASERS, 9)])


def _long_words(rng: Random) -> str:
    lines = []
    for _ in range(6):
        parts = [f"{rng.choice(bank_low.LONG_LINKS)} {word}" for word in rng.sample(bank_low.LONG_WORDS, 6)]
        lines.append("Bekanntmachung " + " ".join(parts) + ".")
    return paragraphs(lines)


LOW_PAGES: dict[str, LowPage] = {
    "word_list": LowPage("en", "gopher:too_few_stop_words", _word_list),
    "symbol_spam": LowPage("en", "gopher:too_many_symbols", _symbol_spam),
    "bullet_page": LowPage("en", "gopher:too_many_bullets", _bullet_page),
    "number_page": LowPage("en", "gopher:too_little_alpha", _number_page),
    "ellipsis_page": LowPage("en", "gopher:too_many_ellipses", _ellipsis_page),
    "long_words": LowPage("de", "gopher:words_too_long", _long_words),
}
"""By category; all of them have enough words, so the named reason comes first."""


def spam(rng: Random) -> str:
    """Give a page stuffed with one keyword; no rule of the tiny recipe sees it."""
    key = rng.choice(bank_low.KEYWORDS)
    return paragraphs([pitch.format(key=key) for pitch in rng.sample(bank_low.PITCHES, len(bank_low.PITCHES))])
