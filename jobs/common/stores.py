"""Object stores and web servers by URI: how they are reached, and how often one asks again.

Which endpoint, region and credentials are used is fsspec's own configuration (``FSSPEC_S3_…`` or
``~/.config/fsspec``) and the store's usual one (``AWS_…``). Retries are here alone: the libraries'
own would multiply with them.
"""

import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar

import fsspec
from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_after_delay, wait_random_exponential

from jobs.common.outages import Refused, explained, is_passing, scrubbed
from schemas.errors import RecipeError, SourceUnavailableError

T = TypeVar("T")
Options = dict[str, dict[str, Any]]

MAX_PAUSE = 30.0  # seconds; S3 has split a hot prefix long before all tries are used
REQUEST_STALLS = 4  # one request may take this many times the silence that is borne


@dataclass(frozen=True)
class Access:
    """How inputs are read: made on the driver, sent to the workers with their task.

    Attributes:
        attempts: Most tries of one request (``SLUICE_READ_ATTEMPTS``).
        seconds: Most time for them, pauses included (``SLUICE_READ_SECONDS``).
        pause: The first pause is random up to this many seconds, each next one up to twice as
            long, none over 30 (``SLUICE_READ_PAUSE``).
        stall: Seconds of silence after which a connection is given up (``SLUICE_READ_STALL``).
        block: Most bytes that one request asks for, and that a stream holds.
        options: Protocol → fsspec's storage options. May hold credentials: never shown or written.
    """

    attempts: int = 8
    seconds: float = 300.0
    pause: float = 0.5
    stall: float = 15.0
    block: int = 16 << 20
    options: Options = field(default_factory=dict, repr=False)

    @classmethod
    def here(cls) -> "Access":
        """Read this process's environment and fsspec's configuration.

        Raises:
            RecipeError: a ``SLUICE_READ_…`` variable is not a positive number.
        """
        return cls(
            attempts=int(_number("ATTEMPTS", cls.attempts)),
            seconds=_number("SECONDS", cls.seconds),
            pause=_number("PAUSE", cls.pause),
            stall=_number("STALL", cls.stall),
            options=deepcopy(fsspec.config.conf),
        )


def _number(name: str, default: float) -> float:
    variable = f"SLUICE_READ_{name}"
    given = os.environ.get(variable, "")
    try:
        number = float(given or default)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf") or (name == "ATTEMPTS" and number < 1):
        raise RecipeError(f"{variable}: '{given}'; allowed: a number above 0, such as {default}")
    return number


def connect(uri: str, access: Access, for_listing: bool = False) -> tuple[Any, str]:
    """Give fsspec's filesystem and path for a remote URI.

    Args:
        uri: With its scheme.
        access: Limits and options.
        for_listing: A listing is many requests in one call: there the library retries each.

    Raises:
        SourceUnavailableError: the scheme is unknown, its package is not installed, or its options are wrong.
    """
    protocol = uri.partition("://")[0]
    try:
        kind = fsspec.get_filesystem_class(protocol.rpartition("::")[2] or protocol)
        given = _configured(kind, fsspec.config.conf) | _configured(kind, access.options)
        limits = _LIMITS.get(protocol, _no_limits)(given, access, for_listing)
        fs, path = fsspec.core.url_to_fs(uri.rstrip("/"), **given | limits)
    except (OSError, ValueError, ImportError, TypeError) as error:
        raise SourceUnavailableError(explained(uri, error)) from None
    if protocol in ("s3", "s3a") and not for_listing:
        fs.retries = 1  # s3fs's own loop around each call
    return fs, str(path)


def _configured(kind: Any, options: Options) -> dict[str, Any]:
    """Give the options that are meant for one kind of filesystem, by any name of it."""
    names = [kind.protocol] if isinstance(kind.protocol, str) else kind.protocol
    return {key: value for name in names for key, value in options.get(name, {}).items()}


def _no_limits(_given: dict[str, Any], _access: Access, _for_listing: bool) -> dict[str, Any]:
    return {}


def _s3_limits(given: dict[str, Any], access: Access, for_listing: bool) -> dict[str, Any]:
    config = {"connect_timeout": access.stall, "read_timeout": access.stall}
    once = {} if for_listing else {"retries": {"mode": "standard", "total_max_attempts": 1}}
    return {"config_kwargs": {**config, **once, **given.get("config_kwargs", {})}}


def _http_limits(given: dict[str, Any], access: Access, for_listing: bool) -> dict[str, Any]:
    from aiohttp import ClientTimeout  # an extra: only there where https is read

    silence = ClientTimeout(total=None, sock_connect=access.stall, sock_read=access.stall)
    # Some servers call every .gz file an encoding of another one: its own bytes are what is wanted.
    as_stored = {} if for_listing else {"auto_decompress": False}
    return {"client_kwargs": {"timeout": silence, **as_stored, **given.get("client_kwargs", {})}}


_LIMITS: dict[str, Callable[[dict[str, Any], Access, bool], dict[str, Any]]] = {
    "s3": _s3_limits,
    "s3a": _s3_limits,
    "http": _http_limits,
    "https": _http_limits,
}


def retried(uri: str, call: Callable[[], T], access: Access) -> T:
    """Call until it answers: pauses grow at random, lasting errors end it at once.

    Raises:
        SourceUnavailableError: it did not answer; one line with the URI, the reason and what to do.
    """
    tries = Retrying(
        stop=stop_after_attempt(access.attempts) | stop_after_delay(access.seconds),
        wait=wait_random_exponential(multiplier=access.pause, max=MAX_PAUSE),
        retry=retry_if_exception(is_passing),
        reraise=True,
    )
    try:
        return tries(call)
    except Exception as error:  # each store's library raises kinds of its own
        raise SourceUnavailableError(explained(uri, error)) from None


@dataclass(frozen=True)
class Facts:
    """What a store says of a file.

    Attributes:
        size: Bytes.
        mark: Its etag, or when it was changed; empty: the store gives neither.
    """

    size: int
    mark: str

    @property
    def tag(self) -> str:
        """Something that changes when the file does."""
        return f"{self.size}-{self.mark}"


def facts(fs: Any, path: str) -> Facts:
    """Ask a filesystem about one file.

    Raises:
        Refused: it is no file, or the store does not know its size.
        Exception: whatever the store's library raises.
    """
    info: dict[str, Any] = fs.info(path)
    if info.get("type") == "directory":
        raise Refused("a folder, not a file; check the path")
    if info.get("size") is None:
        raise Refused("the server does not say how long the file is; copy it to a store that does")
    named = ("ETag", "etag", "Last-Modified", "LastModified", "mtime", "updated")
    return Facts(int(info["size"]), mark(next((info[name] for name in named if info.get(name)), "")))


def mark(value: Any) -> str:
    """Give an etag without quotes and without the sign of a weak one: caches add and drop both."""
    return str(value).removeprefix("W/").strip('"')


def changed(uri: str) -> SourceUnavailableError:
    """Make the error of a file that is no longer the one that was planned."""
    return SourceUnavailableError(scrubbed(f"{uri}: changed since the run began; run the same command again"))
