"""Main content by resiliparse's rules over tags, classes and link density; the default, as in DCLM.

Source: DCLM (Li et al. 2024, section 3.2) took resiliparse for its speed at the quality of trafilatura;
the rules are those of Bevendorff et al., ChatNoir Resiliparse (Apache-2.0), pinned because its output
may change between versions. Deterministic: the text depends on the page, the flags and the version.
"""

from importlib.metadata import version
from typing import Any

from resiliparse.extract.html2text import extract_plain_text


class Extractor:
    """See the module; ``options`` are the flags of ``schemas.extract.Resiliparse``."""

    name = f"resiliparse {version('resiliparse')}"

    def __init__(self, options: dict[str, Any]) -> None:
        """Take the flags as resiliparse's own function names them."""
        self.options = options

    def __call__(self, html: str) -> str:
        """Give the main text; empty where the rules leave none."""
        return extract_plain_text(html, **self.options)
