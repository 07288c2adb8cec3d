"""Small files by URI: local paths, s3://, gs://, https:// … by fsspec."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import fsspec

from schemas.errors import SourceUnavailableError

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
        raise SourceUnavailableError(f"{uri}: {error}") from None
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


def read_bytes(uri: str) -> bytes:
    """Read a whole small file.

    Raises:
        SourceUnavailableError: it cannot be read.
    """
    fs, path = filesystem(uri)
    try:
        return bytes(fs.cat_file(path))
    except UNREACHABLE as error:
        raise SourceUnavailableError(f"{uri}: {error}") from None


def remove(uri: str) -> None:
    """Remove a file or a folder with all in it, if it is there."""
    fs, path = filesystem(uri)
    if fs.exists(path):
        fs.rm(path, recursive=True)


@contextmanager
def open_binary(uri: str) -> Iterator[IO[bytes]]:
    """Open a file for reading and seeking; remote ones are read ahead in large blocks."""
    if is_local(uri):
        with open(absolute(uri), "rb", buffering=0) as stream:
            yield stream
    else:
        fs, path = filesystem(uri)
        with fs.open(path, "rb", block_size=8 << 20, cache_type="readahead") as stream:
            yield stream
