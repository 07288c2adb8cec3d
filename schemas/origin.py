"""What is measured of a document beside its text: its URL, and the licences that its page linked to."""

from typing import NamedTuple


class UrlMeasures(NamedTuple):
    """A document's URL against lists of domains and words, lower-cased; what is in a list, the recipe says."""

    is_listed_domain: bool
    """The host or a domain above it is listed."""
    is_listed_netloc: bool
    """DCLM's code: the host with port and user, every ``www`` deleted, is listed itself; ``www.`` hosts escape."""
    n_strict: int
    """Different strict words that occur anywhere in the URL without its ``-`` and ``.``."""
    n_hard: int
    """Different hard words that occur as whole words."""
    n_soft: int
    """Different soft words that occur as whole words."""


class LicenceMeasures(NamedTuple):
    """Creative Commons licences that the page linked to: hints, which may speak of a picture or of another site."""

    n_licences: int
    """Different licences, by kind, version and jurisdiction; 0 for texts that came as text."""
    licence_kind: str | None
    """Kind of the page's one licence (``cc-by-sa``, ``cc0``); null where it links to none, or to several kinds."""
