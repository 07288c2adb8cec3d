"""What people ask to be taken down, in its normal form: from options, opt-out lists and robots.txt files."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from transforms.text.taken_down import normal_host, normal_url
from transforms.text.urls import is_public_suffix

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_DOC_ID = re.compile(r"[0-9a-f]{32}")
_URL = re.compile(r"https?://[^/\s]+\S*", re.IGNORECASE)


class Thing(NamedTuple):
    """One thing to take down: its kind, as in ``schemas/takedowns``, and its normal form."""

    kind: str
    value: str


def thing_of(kind: str, given: str) -> Thing:
    """Check one thing.

    Args:
        kind: Of ``schemas.takedowns.KINDS``; a prefix may end with ``*``.
        given: As people write it.

    Raises:
        ValueError: it is not of this kind; says what is allowed.
    """
    told = given.strip()
    if kind in ("url", "prefix"):
        if not _URL.fullmatch(told) or ("*" in told[:-1] and kind == "prefix"):
            raise ValueError(
                "an address that begins with http:// or https://" + (", * at its end only" * (kind != "url"))
            )
        return Thing(kind, normal_url(told.removesuffix("*") if kind == "prefix" else told))
    if kind == "doc_id":
        if not _DOC_ID.fullmatch(told.lower()):
            raise ValueError("32 hex digits")
        return Thing(kind, told.lower())
    host = normal_host(told)
    if not _HOST.fullmatch(host):
        raise ValueError("a host's name, without scheme or path")
    if kind == "domain" and is_public_suffix(host):
        raise ValueError("a domain that somebody owns: many do below this one")
    return Thing(kind, host)


def listed(text: str) -> Iterator[tuple[int, Thing]]:
    """Read an opt-out list: on each line a domain, an address, the start of addresses (``…*``) or a doc_id.

    Empty lines and those that begin with ``#`` are left out; a scheme may be missing.

    Yields:
        Number of the line, thing.

    Raises:
        ValueError: a line is none of these; begins with its number.
    """
    for number, line in enumerate(text.splitlines(), 1):
        told = line.strip()
        if told and not told.startswith("#"):
            try:
                yield number, _of_line(told)
            except ValueError as error:
                raise ValueError(f"line {number}: given {told!r:.80}; allowed: {error}") from None


def _of_line(told: str) -> Thing:
    if _DOC_ID.fullmatch(told.lower()):
        return thing_of("doc_id", told)
    if "/" in told:
        url = told if "://" in told else f"https://{told}"
        return thing_of("prefix" if url.endswith("*") else "url", url)
    return thing_of("domain", told.removeprefix("*."))


def disallowed(robots: str, site: str, agent: str) -> Iterator[Thing]:
    """Read what a site's robots.txt disallows to a crawler, each path as the start of addresses.

    What it allows again inside of that is taken down too.

    Args:
        robots: The file's text.
        site: Scheme and host, such as ``https://example.org``.
        agent: The crawler's name; where no group names it, those for ``*`` count.

    Raises:
        ValueError: a path has ``*`` or ``$`` inside, which cannot be remembered by hashes.
    """
    parts = urlsplit(site)
    for path in _rules(robots, agent.lower()):
        start = path.removesuffix("*")
        if "*" in start or "$" in start:
            raise ValueError(f"Disallow: {path}: has * or $ inside; name what it means by --prefix or --url")
        yield thing_of("prefix", f"{parts.scheme}://{parts.netloc}{start}")


def _rules(robots: str, agent: str) -> list[str]:
    """Give the paths that the groups of a crawler disallow, else those of ``*`` (RFC 9309, section 2.2)."""
    rules: dict[str, list[str]] = {}
    names: list[str] = []
    is_open = False
    for line in robots.splitlines():
        field, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        if field.lower() == "user-agent":
            names = [*names, value.lower()] if is_open else [value.lower()]
            is_open = True
            for name in names:
                rules.setdefault(name, [])
        elif field.lower() in ("allow", "disallow"):
            is_open = False
            for name in names if field.lower() == "disallow" and value.startswith(("/", "*")) else ():
                rules[name].append(value)
    return rules.get(agent, rules.get("*", []))
