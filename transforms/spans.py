"""What a crawl file's bytes turn into: records, and gaps between them."""

from dataclasses import dataclass


@dataclass
class Record:
    """One record.

    Attributes:
        offset: Where it starts: in the file when it is plain or has a member of its own; else the
            member's offset plus the place in the inflated member.
        length: Its bytes in the file; inflated bytes where it shares a member.
        kind: WARC-Type in lower case; ARC records are ``response`` or ``warcinfo``.
        headers: Named fields with lower-case names.
        body: The block, a view of what was read; None when it was skipped (neither page nor WAT, or too large).
        is_too_large: The block is longer than the limit.
        read_bytes: Bytes of the file that reading it used up, for the byte ledger.
    """

    offset: int
    length: int
    kind: str
    headers: dict[str, str]
    body: memoryview | None = None
    is_too_large: bool = False
    read_bytes: int = 0


@dataclass
class Gap:
    """Bytes that gave no record.

    Attributes:
        offset: Where it starts, as for a record.
        length: Its bytes; bytes of the file if ``in_file``.
        reason: A stable label.
        first_bytes: The first of them.
        in_file: False inside an intact member that holds other records: the member was read.
        read_bytes: Bytes of the file that were read just before it and not yet accounted for.
    """

    offset: int
    length: int
    reason: str
    first_bytes: bytes = b""
    in_file: bool = True
    read_bytes: int = 0
