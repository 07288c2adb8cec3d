"""Main content by trafilatura's XPath rules, with readability and jusText as its fallbacks.

Source: Barbaresi 2021, Trafilatura (ACL system demonstrations); RefinedWeb, FineWeb and others read
Common Crawl with it. Package: Apache-2.0, in the extra ``extractors``, pinned: rules change between
versions.

Deterministic: no metadata is read, so no date and no clock. Its duplicate check is always off: it
remembers segments of earlier pages, so that a text would depend on which pages the same process saw
before, and with a memory for each page alone it still empties some pages. A page that trafilatura gives
up on has no text.
"""

import logging
from importlib.metadata import version
from typing import Any

from trafilatura import extract

from transforms.charsets import valid_text

# It warns of every page without text on the standard error output of the workers; the reject says so already.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())


class Extractor:
    """See the module; ``options`` are the flags of ``schemas.extract.Trafilatura``."""

    name = f"trafilatura {version('trafilatura')}"

    def __init__(self, options: dict[str, Any]) -> None:
        """Take the flags as trafilatura's own function names them."""
        self.options = options

    def __call__(self, html: str) -> str:
        """Give the main text; empty where trafilatura finds none."""
        # libxml2 stops reading at a surrogate, older ones also at NUL: what follows would be lost.
        return extract(valid_text(html), deduplicate=False, **self.options) or ""
