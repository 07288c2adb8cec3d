"""Creative Commons licences that a page links to.

A link is a hint, not a grant: it may speak of a picture, of a comment or of another site.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import re2

from schemas.origin import LicenceMeasures
from transforms.text.needles import find

MAX_IDS = 16
"""Different licences that are told of one page, the first ones in it: a page of more is about licences."""

MAX_LINKS = 10_000
"""Links that are looked at, the first ones in the page: each costs 7 µs, and a hostile page may hold nothing else."""

_NEEDLE = b"creativecommons.org"
_HOST = r"creativecommons\.org"

# A slash as it stands in HTML, in JSON, in JSON in HTML, and in the query of another URL.
_SLASH = r"(?:\\{0,3}/|\\{1,3}u002f|&#x0{0,6}2f;|&#0{0,6}47;|&sol;|%(?:25)?2f)"
_LONGEST_BEFORE_HOST = 2 * len("&#x0000002f;") + len("www.")
_PLUS = r"(?:\+|%2b|&#43;|&#x2b;|&plus;)"

# All that Creative Commons has published under /licenses/, retired ones too, but for software.
_KINDS = (
    r"by|by-sa|by-nc|by-nd|by-nc-sa|by-nc-nd|by-nd-nc|nc|nd|sa|nd-nc|nc-sa|"
    rf"sampling|sampling{_PLUS}|nc-sampling{_PLUS}"
)
_VERSIONS = r"1\.0|2\.0|2\.1|2\.5|3\.0|4\.0"
# Countries (uk among them) that licences were made for; igo is intergovernmental organisations.
_JURISDICTIONS = (
    r"am|ar|at|au|az|be|bg|br|ca|ch|cl|cn|co|cr|cz|de|dk|ec|ee|eg|es|fi|fr|ge|gr|gt|hk|hr|hu|ie|igo|il|in|it|jp|kr|"
    r"lu|mk|mt|mx|my|nl|no|nz|pe|ph|pl|pr|pt|ro|rs|scotland|se|sg|si|th|tw|ua|ug|uk|us|ve|vn|za"
)
# What may stand behind a part of the path: nothing that goes on with it. A full stop may end a sentence.
_END = r"(?:\z|[^0-9a-z_.\-]|\.(?:\z|[^0-9a-z_\-]))"

_LICENCE = rf"({_KINDS}){_SLASH}({_VERSIONS})(?:{_SLASH}({_JURISDICTIONS}))?"
_PATH = rf"(?:licenses{_SLASH}(?:{_LICENCE}|(publicdomain))|publicdomain{_SLASH}(zero|mark){_SLASH}1\.0)"
_LINK = rf"{_SLASH}{_SLASH}(?:www\.)?{_HOST}{_SLASH}{_PATH}{_END}"


def licence_hints(html: bytes) -> tuple[str, ...]:
    """Give the different Creative Commons licences that a page links to, sorted, at most ``MAX_IDS``.

    Ids are ``cc-<kind>-<version>[-<jurisdiction>]``, ``cc0-1.0``, ``cc-pdm-1.0`` (the public domain mark) and
    ``cc-publicdomain`` (the retired dedication). Version 4.0 knows no jurisdictions, so none is told.

    Args:
        html: The page as it came, in any encoding that holds ASCII; it is searched, not parsed, in linear time. What
            is not HTML is no error. The host must be there in lower case at least once, as it nearly always is.

    Example:
        >>> licence_hints(b'<a rel="license" href="//creativecommons.org/licenses/by-sa/3.0/de/deed.en">CC</a>')
        ('cc-by-sa-3.0-de',)
    """
    first = find(html, _NEEDLE)  # a hundredth of the time of the whole pattern; most pages end here
    if first < 0:
        return ()
    links = _compiled(_LINK).finditer(html, max(0, first - _LONGEST_BEFORE_HOST))
    ids: set[str] = set()
    for link in islice(links, MAX_LINKS):
        ids.add(_id_of(*(part.lower().decode("ascii") for part in link.groups(default=b""))))
        if len(ids) == MAX_IDS:
            break
    return tuple(sorted(ids))


def measure_licences(licences: Sequence[Sequence[str]]) -> LicenceMeasures:
    """Measure a batch of documents by the ids that ``licence_hints`` gave of their pages."""
    kinds = [{_kind_of(one) for one in page} for page in licences]
    return LicenceMeasures(
        np.fromiter(map(len, licences), np.int64, len(licences)),
        [min(found) if len(found) == 1 else None for found in kinds],
    )


def _kind_of(licence: str) -> str:
    """Leave version and jurisdiction out of an id."""
    return re.sub(r"-[0-9].*", "", licence)


def _id_of(kind: str, version: str, jurisdiction: str, dedication: str, public: str) -> str:
    """Write an id from the parts of a path; those that it does not have are empty."""
    if public:
        return "cc0-1.0" if public == "zero" else "cc-pdm-1.0"
    if dedication:
        return "cc-publicdomain"
    before, sampling, plus = kind.partition("sampling")  # the plus may be escaped
    name = before + sampling + ("+" if plus else "")
    return "-".join(["cc", name, version, *([jurisdiction] if jurisdiction and version != "4.0" else [])])


@lru_cache(maxsize=2)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes as they are: pages need not be UTF-8
    options.case_sensitive = False
    return re2.compile(pattern.encode("ascii"), options)
