"""Named fields of a record's head → values: its address, its time, its id."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from transforms.charsets import valid_text

Row = dict[str, Any]
"""One row of a table: column name → value."""


def target_uri(headers: Mapping[str, str]) -> str:
    """Give the target URI; some writers put it between angle brackets (wget, WARC 1.0's grammar)."""
    url = valid_text(headers.get("warc-target-uri", ""))
    return url[1:-1] if url.startswith("<") and url.endswith(">") else url


def time_of(value: str) -> datetime | None:
    """Read a WARC-Date (ISO 8601) or an ARC date (12 digits, or 14 and more); None if it is neither.

    A date that is in no year from 1 to 9999 in UTC is none either: no Python could read it back.
    """
    try:
        if value.isascii() and value.isdigit():
            seconds = len(value) >= 14
            at = datetime.strptime(value[:14] if seconds else value, f"%Y%m%d%H%M{'%S' * seconds}")  # noqa: DTZ007
        else:
            at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def id_of(name: str) -> str:
    """Give 128 bits as hex of what names a document: a WARC-Record-ID, as written."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]
