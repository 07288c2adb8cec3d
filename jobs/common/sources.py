"""What the operator named → crawl files, each with a size and a tag that changes when it does."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from jobs.common import files
from jobs.common.listing import look_at, remote_below, remote_glob
from jobs.common.outages import has_secret, scrubbed
from jobs.common.stores import Facts
from schemas.errors import RecipeError
from transforms.pieces import PACKED

_PACKED = f"({'|'.join(map(re.escape, PACKED))})?$"
CRAWL_FILE = re.compile(r"\.(warc|arc|wet|wat)" + _PACKED)
MANIFEST = re.compile(r"\.paths(\.gz)?$")
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class SourceFile:
    """One input file as it is now.

    Attributes:
        uri: Absolute path or URI.
        size: Bytes.
        tag: Changes when the file does: etag and size where remote, time and size where local.
    """

    uri: str
    size: int
    tag: str


def expand(inputs: Iterable[str], base: str | None = None) -> list[str]:
    """Turn paths, globs, folders and paths manifests into crawl file URIs, each once, sorted.

    Args:
        inputs: A crawl file, a glob, a folder (searched below for ``.warc``, ``.arc``, ``.wet``,
            ``.wat`` and their ``.gz``, ``.zst``, ``.lz4``), or a ``….paths`` / ``….paths.gz`` file
            with one path a line.
        base: What relative lines of a manifest start from; the manifest's own folder without.

    Raises:
        RecipeError: a local path is not there, nothing at all was found, or a URI holds a secret.
        SourceUnavailableError: a store cannot be listed, or a remote manifest not read.
    """
    found: set[str] = set()
    given = list(inputs)
    _check_secrets([*given, base or ""])
    for one in given:
        if MANIFEST.search(one):
            found.update(_manifest(one, base))
        elif _GLOB.search(one) and files.is_local(one):
            found.update(_glob(one))
        elif _GLOB.search(one):
            found.update(remote_glob(one))
        else:
            found.update(_path(one))
    if not found:
        raise RecipeError(f"--input: no crawl files in {', '.join(given) or 'an empty list'}")
    _check_secrets(found)
    return sorted(found)


def _check_secrets(uris: Iterable[str]) -> None:
    """Refuse what must not be written to tables: each row names the file that it came from."""
    for uri in uris:
        if has_secret(uri):
            raise RecipeError(
                f"--input: {scrubbed(uri)} carries a password or signature, which would be written to the tables;"
                " allowed: the URI without, and credentials in the environment or in fsspec's configuration"
            )


def _manifest(uri: str, base: str | None) -> list[str]:
    if files.is_local(uri) and not files.exists(uri):
        raise RecipeError(f"--input: no such file: {uri}")
    data = files.read_bytes(uri)
    try:
        text = (gzip.decompress(data) if uri.endswith(".gz") else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise RecipeError(f"--input: {uri} is not a readable list of paths: {error}") from None
    folder = (base or files.absolute(uri).rpartition("/")[0]).rstrip("/")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line if "://" in line or line.startswith("/") else f"{folder}/{line}" for line in lines]


def _glob(pattern: str) -> list[str]:
    fs, path = files.filesystem(pattern)
    return [str(one) for one in fs.glob(path) if fs.isfile(one)]


def _path(uri: str) -> list[str]:
    if not files.is_local(uri):
        # Whether a crawl file can be reached is asked file by file.
        below = None if CRAWL_FILE.search(uri) else remote_below(uri)
        return [files.absolute(uri)] if below is None else [one for one in below if CRAWL_FILE.search(one)]
    fs, path = files.filesystem(uri)
    if fs.isdir(path):
        return [str(one) for one in fs.find(path) if CRAWL_FILE.search(one)]
    if fs.exists(path):
        return [files.absolute(uri)]
    raise RecipeError(f"--input: no such file or folder: {uri}")


def look(uris: list[str]) -> tuple[list[SourceFile], dict[str, str]]:
    """Ask each file's size and tag; gives the files, and URI → error for those out of reach."""
    answers = look_at(uris)
    missing = {uri: answer for uri, answer in answers.items() if isinstance(answer, str)}
    return [SourceFile(uri, told.size, told.tag) for uri, told in answers.items() if isinstance(told, Facts)], missing


def content_id(file: SourceFile) -> str:
    """Give the identity of what is read, 32 hex characters: of a file's sha256, or of its etag and size.

    Where an index asks for ranges of the file (its tag says so behind ``#``), they are part of it.

    Raises:
        OSError: a local file cannot be read.
    """
    if not files.is_local(file.uri):
        return _short_hash(file.tag)
    with files.open_binary(file.uri) as stream:
        whole = hashlib.file_digest(stream, "sha256").hexdigest()[:32]  # type: ignore[arg-type]
    _, is_part, ranges = file.tag.partition("#")
    return _short_hash(f"{whole}#{ranges}") if is_part else whole


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def source_name(uri: str) -> str:
    """Name what a file was made from: a WARC and its WET share it.

    Example:
        >>> source_name("x/wet/CC-MAIN-1.warc.wet.gz") == source_name("x/warc/CC-MAIN-1.warc.gz")
        True
    """
    return re.sub(r"(\.warc)?(\.(warc|wet|wat|arc))?" + _PACKED, "", PurePosixPath(uri).name)


def losing_twins(uris: list[str], prefer: str | None) -> set[str]:
    """Find the WARC or WET files whose source the input also holds as the other kind.

    Raises:
        RecipeError: there are such files, and the recipe does not say which kind wins.
    """
    kinds: dict[str, dict[str, str]] = {}
    for uri in uris:
        kind = CRAWL_FILE.search(uri)
        kinds.setdefault(source_name(uri), {})[kind.group(1) if kind else ""] = uri
    both = [found for found in kinds.values() if "warc" in found and "wet" in found]
    if both and prefer is None:
        raise RecipeError(
            f"ingest.prefer: the input holds {both[0]['warc']} and {both[0]['wet']}, WARC and WET of one source;"
            ' allowed: prefer = "warc" or "wet"'
        )
    return {found["wet" if prefer == "warc" else "warc"] for found in both}
