"""What a store holds: listings and globs of remote folders, and the size and mark of each file."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jobs.common import files
from jobs.common.outages import Refused
from jobs.common.stores import Access, Facts, connect, facts, retried
from schemas.errors import SourceUnavailableError


def remote_glob(pattern: str) -> list[str]:
    """Give the URIs that a glob matches.

    Raises:
        SourceUnavailableError: the store cannot be listed.
    """
    access = Access.here()
    fs, path = connect(pattern, access, for_listing=True)
    fs.invalidate_cache()
    return [str(fs.unstrip_protocol(one)) for one in retried(pattern, lambda: fs.glob(path), access)]


def remote_below(uri: str) -> list[str] | None:
    """Give the URIs of all files below a folder; None: it is no folder.

    Raises:
        SourceUnavailableError: the store cannot be listed.
    """
    access = Access.here()
    fs, path = connect(uri, access, for_listing=True)
    fs.invalidate_cache()
    below = retried(uri, lambda: fs.find(path) if fs.isdir(path) else None, access)
    return None if below is None else [str(fs.unstrip_protocol(one)) for one in below]


def look_at(uris: list[str]) -> dict[str, Facts | str]:
    """Ask what is known of each file; a text is the error of one out of reach."""
    access = Access.here()
    # fsspec keeps a filesystem, and what its listings told, for one thread: all threads share this one's.
    roots = {_root(uri) for uri in uris if not files.is_local(uri)}
    stores = {root: _store(root, access) for root in roots}
    with ThreadPoolExecutor(16) as pool:
        return dict(zip(uris, pool.map(lambda uri: _look(uri, stores.get(_root(uri)), access), uris), strict=True))


def _root(uri: str) -> str:
    """Give scheme and host or bucket of a URI."""
    return "/".join(uri.split("/", 3)[:3])


def _store(root: str, access: Access) -> Any:
    """Give a filesystem, or the error of having none."""
    try:
        return connect(root, access, for_listing=True)[0]
    except SourceUnavailableError as error:
        return error


def _look(uri: str, store: Any, access: Access) -> Facts | str:
    try:
        if isinstance(store, SourceUnavailableError):
            raise store
        if files.is_local(uri):
            return facts(*files.filesystem(uri))
        return retried(uri, lambda: facts(store, store._strip_protocol(uri)), access)
    except (OSError, Refused, SourceUnavailableError) as error:
        return f"{type(error).__name__}: {error}"
