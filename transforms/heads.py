"""The head of a WARC or ARC record: how one begins, and what its fields say."""

import re
from collections.abc import Mapping

# "URL IP DATE MIME LENGTH" (ARC 1) or with five more fields before LENGTH (ARC 2).
ARC_LINE = re.compile(
    rb"(?P<url>[a-z][a-z0-9+.-]*:[^\r\n]*?) (?P<ip>[0-9a-fA-F.:]+|-) (?P<date>\d{12,17}) "
    rb"(?P<mime>\S+)(?: \S+ \S+ \S+ \d+ \S+)? (?P<length>\d+)\r?\n"
)
WARC_START = re.compile(rb"WARC/\d")
NEXT_START = re.compile(rb"(?<=\n)(?:WARC/\d|%s)" % ARC_LINE.pattern.replace(b"?P<", b"?P<n_"))
_HEAD_END = re.compile(rb"\r?\n\r?\n")
MAX_HEAD_BYTES = 1 << 16


class BadRecord(Exception):
    """A record whose own header or length is wrong; the bytes around it may be fine."""

    def __init__(self, reason: str, head_bytes: int = 0) -> None:
        """Say why, and how long the head is where it could be read."""
        super().__init__(reason)
        self.reason, self.head_bytes = reason, head_bytes


def starts_record(data: bytes) -> bool:
    """Say whether ``data`` begins like a WARC or ARC record."""
    return bool(WARC_START.match(data) or ARC_LINE.match(data))


def parse_head(data: bytes) -> tuple[str, dict[str, str], int]:
    """Parse the head of the record that ``data`` begins with.

    Returns:
        Its kind (WARC-Type in lower case), its fields with lower-case names, its length in bytes.

    Raises:
        BadRecord: ``data`` does not begin with a head, or the head does not end in it.
    """
    if not WARC_START.match(data):
        return _arc_head(data)
    end = _HEAD_END.search(data)
    if not end:
        raise BadRecord("bad_record_header")
    headers: dict[str, str] = {}
    name = ""
    for raw in data[: end.start()].splitlines()[1:]:
        line = raw.decode("utf-8", "replace")
        if line[:1] in " \t" and name:
            headers[name] = f"{headers[name]} {line.strip()}".strip()
            continue
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers.setdefault(name, value.strip())
    return headers.get("warc-type", "").lower(), headers, end.end()


def is_wat(kind: str, headers: Mapping[str, str]) -> bool:
    """Say whether a record is of a WAT file: ``metadata`` in JSON. Crawlers write other kinds of metadata too."""
    return kind == "metadata" and headers.get("content-type", "").startswith("application/json")


def _arc_head(data: bytes) -> tuple[str, dict[str, str], int]:
    line = ARC_LINE.match(data)
    if not line:
        raise BadRecord("bad_record_header")
    part = {name: value.decode("utf-8", "replace") for name, value in line.groupdict().items()}
    headers = {
        "warc-target-uri": part["url"],
        "warc-date": part["date"],
        "content-type": "application/http",
        "arc-content-type": part["mime"],
        "content-length": part["length"],
    }
    kind = "warcinfo" if part["url"].startswith("filedesc:") else "response"
    return kind, headers, line.end()
