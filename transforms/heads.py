"""The head of a WARC or ARC record: how one begins, and what its fields say."""

import re
from collections.abc import Mapping

# "URL IP DATE MIME LENGTH" (ARC 1) or with five more fields before LENGTH (ARC 2).
ARC_LINE = re.compile(
    rb"(?P<url>[a-z][a-z0-9+.-]*:[^\r\n]*?) (?P<ip>[0-9a-fA-F.:]+|-) (?P<date>\d{12,17}) "
    rb"(?P<mime>\S+)(?: \S+ \S+ \S+ \d+ \S+)? (?P<length>\d+)\r?\n"
)
WARC_START = re.compile(rb"WARC/\d")
# A version line and a field: a start even behind bytes that are no line, as damage leaves them.
_VERSION_AND_FIELD = rb"WARC/\d\.\d+\r?\n[A-Za-z][\w-]*:(?!/)"
_WARC_HEAD = re.compile(_VERSION_AND_FIELD)
NEXT_START = re.compile(rb"%s|(?<=\n)%s" % (_VERSION_AND_FIELD, ARC_LINE.pattern.replace(b"?P<", b"?P<n_")))
_CUT_WARC = re.compile(rb"WARC/\d[.\d]*\r?\n?[\w-]*")
_CUT_ARC_LINE = re.compile(rb"[a-z][a-z0-9+.-]*(?::[^\r\n]*)?")
_USUAL_SCHEME = re.compile(rb"(?:https?|ftp|dns|filedesc):")
# What a record ends with behind its block, in a WARC and in an ARC.
SEPARATORS = ((b"\r\n\r\n", b"\n\n"), (b"\n", b"\r\n"))
MAX_HEAD_BYTES = 1 << 16
USUAL_HEAD_BYTES = 1 << 12

PAGE_TYPES = frozenset({"response", "resource", "conversion"})
"""Record types that should give a document."""


class BadRecord(Exception):
    """A record whose own header or length is wrong; the bytes around it may be fine."""

    def __init__(self, reason: str, head_bytes: int = 0) -> None:
        """Say why, and how long the head is where it could be read."""
        super().__init__(reason)
        self.reason, self.head_bytes = reason, head_bytes


def starts_record(data: bytes) -> bool:
    """Say whether ``data`` begins like a WARC or ARC record."""
    return bool(WARC_START.match(data) or ARC_LINE.match(data))


def may_follow(data: bytes, behind: bytes, *, is_end: bool) -> bool:
    """Say whether a record starts here, or what is left of one where its file was cut.

    Args:
        data: What lies ahead, behind empty lines.
        behind: What the record before it is followed by, empty lines included. An ARC line must
            be a line, or have a scheme that no rest of another scheme is.
        is_end: ``data`` is all that is left of a plain file. Members are not cut in silence.
    """
    is_line = behind[:1] in (b"\r", b"\n")
    if _WARC_HEAD.match(data):
        return True
    if ARC_LINE.match(data):
        return is_line or bool(_USUAL_SCHEME.match(data))
    is_cut_warc = b"WARC/".startswith(data) or bool(_CUT_WARC.fullmatch(data))
    return is_end and (is_cut_warc or (is_line and bool(_CUT_ARC_LINE.fullmatch(data))))


def parse_head(data: bytes) -> tuple[str, dict[str, str], int]:
    """Parse the head of the record that ``data`` begins with.

    Returns:
        Its kind (WARC-Type in lower case), its fields with lower-case names, its length in bytes.

    Raises:
        BadRecord: ``data`` does not begin with a head, the head does not end in it, or the next
            record's head starts before it ends.
    """
    if not WARC_START.match(data):
        return _arc_head(data)
    last, end = _head_end(data)
    if not end or (data.find(b"WARC/", 5, end) > 0 and _WARC_HEAD.search(data, 5, end)):
        raise BadRecord("bad_record_header")
    headers: dict[str, str] = {}
    name = ""
    lines = data[:last].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines[1:]:
        if line[:1] in " \t" and name:
            headers[name] = f"{headers[name]} {line.strip()}".strip()
            continue
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers.setdefault(name, value.strip())
    return headers.get("warc-type", "").lower(), headers, end


def _head_end(data: bytes) -> tuple[int, int]:
    """Give where the last line of a head ends and where the empty line behind it does; 0 where it never does."""
    with_cr = data.find(b"\n\r\n")
    bare = data.find(b"\n\n", 0, with_cr if with_cr >= 0 else len(data))
    if bare >= 0:
        return bare, bare + 2
    return (with_cr, with_cr + 3) if with_cr >= 0 else (0, 0)


def is_wat(kind: str, headers: Mapping[str, str]) -> bool:
    """Say whether a record is of a WAT file: ``metadata`` in JSON. Crawlers write other kinds of metadata too."""
    return kind == "metadata" and headers.get("content-type", "").startswith("application/json")


def is_read(kind: str, headers: Mapping[str, str]) -> bool:
    """Say whether a record's block is of use: a page's or a WAT record's; of others the head says all."""
    return kind in PAGE_TYPES or is_wat(kind, headers)


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
