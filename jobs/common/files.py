"""Files by URI: local paths, s3://, gs://, https:// … by fsspec."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fsspec

from jobs.common.outages import explained
from jobs.common.stores import Access
from jobs.common.streams import RemoteStream, read_whole
from schemas.errors import RecipeError, SourceUnavailableError
from transforms.chunks import ByteStream

# What a store or a network raises when it cannot be reached, refuses, or has lost the file.
UNREACHABLE = (OSError, EOFError, ValueError, ImportError)


def is_local(uri: str) -> bool:
    """Say whether a URI is a path on this machine."""
    return "://" not in uri or uri.startswith("file://")


def absolute(uri: str) -> str:
    """Give a local path as an absolute one, without scheme; any other URI as it is."""
    return os.path.abspath(uri.removeprefix("file://")) if is_local(uri) else uri.rstrip("/")


def filesystem(uri: str) -> tuple[Any, str]:
    """Give fsspec's filesystem and path for a URI.

    Raises:
        SourceUnavailableError: the scheme is unknown, or its package is not installed.
    """
    try:
        fs, path = fsspec.core.url_to_fs(absolute(uri))
    except UNREACHABLE as error:
        raise SourceUnavailableError(explained(uri, error)) from None
    return fs, str(path)


def exists(uri: str) -> bool:
    """Say whether a file or folder is there."""
    fs, path = filesystem(uri)
    return bool(fs.exists(path))


def write_text(uri: str, text: str) -> None:
    """Write a whole file, atomically where it is local: readers see the old one or the new one."""
    fs, path = filesystem(uri)
    if not is_local(uri):
        fs.pipe_file(path, text.encode("utf-8"))
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.part", "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(f"{path}.part", path)


def put_folder(folder: str, uri: str) -> None:
    """Put a copy of a local folder where ``uri`` says, in place of what was there; a local one appears whole."""
    fs, path = filesystem(uri)
    if not is_local(uri):
        remove(uri)
        fs.put(f"{folder}/", path, recursive=True)
        return
    shutil.rmtree(f"{path}.part", ignore_errors=True)
    shutil.copytree(folder, f"{path}.part")
    remove(uri)
    os.replace(f"{path}.part", path)


def read_bytes(uri: str) -> bytes:
    """Read a whole small file.

    Raises:
        SourceUnavailableError: it cannot be read.
    """
    if not is_local(uri):
        return read_whole(uri, Access.here())
    try:
        with open(absolute(uri), "rb") as stream:
            return stream.read()
    except OSError as error:
        raise SourceUnavailableError(f"{uri}: {error}") from None


def read_same(uri: str, sha256: str | None, what: str) -> bytes:
    """Read a whole small file, if it is still the one that the command found; ``sha256`` None: any.

    Raises:
        RecipeError: it is another one; ``what`` says what it is.
    """
    data = read_bytes(uri)
    found = hashlib.sha256(data).hexdigest()
    if sha256 not in (None, found):
        raise RecipeError(f"{uri}: the {what} changed while it was in use (sha256 {found}, was {sha256}); run again")
    return data


def remove(uri: str) -> None:
    """Remove a file or a folder with all in it, if it is there."""
    fs, path = filesystem(uri)
    if fs.exists(path):
        fs.rm(path, recursive=True)


@contextmanager
def open_binary(uri: str, tag: str | None = None, access: Access | None = None) -> Iterator[ByteStream]:
    """Open a file for reading and seeking; remote ones are read ahead, and resumed when dropped (``streams``).

    Args:
        uri: Path or URI.
        tag: What the plan knows a remote file by: it must still be that one. None: as it is now.
        access: How stores are reached, as the driver found it; None: as this process finds it.

    Raises:
        OSError: a local file cannot be opened.
        SourceUnavailableError: a remote file cannot be reached, or has changed.
    """
    if is_local(uri):
        with open(absolute(uri), "rb", buffering=0) as stream:
            yield stream
    else:
        remote = RemoteStream(uri, access or Access.here(), tag)
        try:
            yield remote
        finally:
            remote.close()
