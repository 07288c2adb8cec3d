"""What a store's error means: whether it may pass, and one line for the operator, without secrets.

Stores answer through many libraries, each with errors of its own. What they share is looked at:
the HTTP status and the store's own code, wherever in the chain of causes they are.
"""

import re

# Codes of S3 and its kin that ask to come again, whatever the status beside them.
_PASSING_CODES = frozenset(
    (
        "InternalError",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
    )
)
_PASSING_STATUSES = frozenset((408, 425, 429, 500, 502, 503, 504))
# Without a status: what is wrong here, not there. Waiting does not help.
_LASTING = (
    FileNotFoundError,
    PermissionError,
    IsADirectoryError,
    NotADirectoryError,
    ImportError,
    ValueError,
    TypeError,
)
_NO_CREDENTIALS = re.compile(r"credential|token|authoriz", re.IGNORECASE)

_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_QUERY = re.compile(r"(://[^\s?'\"<>]+)\?[^\s'\"<>),;]+")
_SECRET = re.compile(
    r"\b((?:x-(?:amz|goog)-[a-z-]+|aws_?access_?key_?id|aws_secret_access_key|signature|sig|secret|password|token|authorization)"
    r"[\"']?\s*[=:]\s*[\"']?)(?:bearer\s+|basic\s+)?[^\s&\"',;]+",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[?&](x-(amz|goog)-(signature|credential|security-token)|signature|sig|token)=", re.IGNORECASE)


class Refused(Exception):
    """A store's answer that another try would not change; ``args[0]`` says what and what to do."""


class Dropped(OSError):
    """A stream that ended before its end; the next try goes on from there."""


def is_passing(error: BaseException) -> bool:
    """Say whether the same request may succeed later: throttling, a broken or silent connection, a fault over there."""
    status, code = status_of(error), code_of(error)
    if isinstance(error, Refused):
        return False
    if code in _PASSING_CODES:
        return True
    if status is not None:
        return status in _PASSING_STATUSES
    first = _first_cause(error)
    return not (isinstance(first, _LASTING) or _NO_CREDENTIALS.search(type(first).__name__))


def status_of(error: BaseException) -> int | None:
    """Give the HTTP status that an error came with; None: it came with none."""
    for one in _chain(error):
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        elif isinstance(one, Exception) and type(one).__module__.startswith("aiohttp"):
            found = getattr(one, "status", None)  # its parser's errors have a code: what a server would answer
        else:
            found = getattr(one, "code", None)
        if str(found).isdecimal() and 100 <= int(str(found)) < 600:
            return int(str(found))
    return None


def code_of(error: BaseException) -> str | None:
    """Give the store's own code, such as ``SlowDown``; None: it gave none, or only the status again."""
    for one in _chain(error):
        response = getattr(one, "response", None)
        found = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
        if found and not str(found).isdecimal():
            return str(found)
    return None


def explained(uri: str, error: BaseException) -> str:
    """Tell in one line which input is out of reach, why, and what to do about it."""
    first = _first_cause(error)
    status, code = status_of(error), code_of(error)
    told = " ".join(str(one) for one in (status, code) if one) or type(first).__name__
    reason = str(error.args[0]) if isinstance(error, Refused) else f"{_kind(uri, error)} ({told}: {_message(first)})"
    return scrubbed(f"{uri}: {reason}")[:1000]


def _message(error: BaseException) -> str:
    """Give what the server said, where an error keeps it apart from its own words."""
    response = getattr(error, "response", None)
    told = response.get("Error", {}).get("Message") if isinstance(response, dict) else getattr(error, "message", None)
    return str(told or error)


def _kind(uri: str, error: BaseException) -> str:
    first, status = _first_cause(error), status_of(error)
    if is_passing(error):
        return "no whole answer after all tries; run the same command again later"
    if status in (404, 410) or (status is None and isinstance(first, FileNotFoundError)):
        return "not there; check the path"
    if status in (400, 401, 403) or isinstance(first, PermissionError) or _NO_CREDENTIALS.search(type(first).__name__):
        if uri.startswith("http"):
            return "access refused; check the path, and wait if there were many requests"
        return "access refused; set or renew the credentials; for a public bucket, ask for anonymous access"
    if isinstance(first, ImportError):
        return "a package is missing; install the extra of this store"
    return "cannot be read"


def scrubbed(text: str) -> str:
    """Take user names, passwords, queries and signatures out of a text, and make it one line."""
    text = _QUERY.sub(r"\1?…", _USER_INFO.sub("", text))
    return " ".join(_SECRET.sub(r"\1…", text).split())


def has_secret(uri: str) -> bool:
    """Say whether a URI carries a password or a signature."""
    return bool(_USER_INFO.search(uri) or _SIGNED.search(uri))


def _chain(error: BaseException) -> list[BaseException]:
    """Give an error and its causes, outermost first."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__
    return found


def _first_cause(error: BaseException) -> BaseException:
    return _chain(error)[-1]
