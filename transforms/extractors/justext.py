"""Paragraphs of full sentences, by length, link density and share of stop words.

Source: Pomikálek 2011, Removing Boilerplate and Duplicate Content from Web Corpora (thesis, Brno).
Package: BSD-2-Clause, in the extra ``extractors``, pinned with it.

Stop words need a language, but the language is known only after the text is extracted. So the recipe
names the lists, the same for every page: all of the package's hundred in one by default, as trafilatura
has it, or those of the wanted languages. Languages that are written without spaces have no list:
their pages give no text.

Deterministic: the text depends on the page, the options and the version. Nothing is remembered but the lists.
"""

from functools import lru_cache
from importlib.metadata import version
from typing import Any

from justext import get_stoplist, get_stoplists
from justext.core import ParagraphMaker, classify_paragraphs, preprocessor, revise_paragraph_classification
from lxml.etree import ParserError
from lxml.html import HTMLParser, document_fromstring

from transforms.charsets import valid_text


class Extractor:
    """See the module; ``options`` are the fields of ``schemas.extract.Justext``."""

    name = f"justext {version('justext')}"

    def __init__(self, options: dict[str, Any]) -> None:
        """Take the options.

        Raises:
            ValueError: a stop list is named that the package does not have.
        """
        self.options = dict(options)
        self.stop_lists = tuple(self.options.pop("stop_lists"))
        self.max_heading_distance = self.options.pop("max_heading_distance")
        stop_words(self.stop_lists)

    def __call__(self, html: str) -> str:
        """Give the good paragraphs, one a line; empty where there is none."""
        try:
            # libxml2 stops reading at a surrogate, older ones also at NUL; some refuse text that declares a charset.
            page = document_fromstring(valid_text(html).encode(), parser=HTMLParser(encoding="utf-8"))
        except ParserError:  # a page without any element
            return ""
        paragraphs = ParagraphMaker.make_paragraphs(preprocessor(page))
        classify_paragraphs(paragraphs, stop_words(self.stop_lists), **self.options)
        revise_paragraph_classification(paragraphs, self.max_heading_distance)
        return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


@lru_cache(maxsize=8)
def stop_words(names: tuple[str, ...]) -> frozenset[str]:
    """Give the words of the named lists as one set, lower case; of all lists where none is named.

    Raises:
        ValueError: the package has no list of that name.
    """
    known = sorted(get_stoplists())
    for name in names:
        if name not in known:
            raise ValueError(f"stop_lists: given {name!r:.80}; allowed: {', '.join(known)}")
    return frozenset(word for name in names or known for word in get_stoplist(name))
