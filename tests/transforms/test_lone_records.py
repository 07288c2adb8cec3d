"""Members that hold one record: which are read in one step, and that it does not show."""

import gzip
from io import BytesIO
from unittest.mock import patch

import pytest

from tests.transforms.archives import arc, plain_record
from transforms import records
from transforms.chunks import Input
from transforms.gzip_members import Gzip
from transforms.members import Member
from transforms.records import lone_record, read_records

LIMIT = 1000
BLOCK = b"HTTP/1.1 200 OK\r\n\r\n<html>a</html>"
PLAIN = plain_record(1, BLOCK)
LONG = plain_record(1, b"a" * (LIMIT + 1))
REQUEST = plain_record(1, BLOCK, kind="request")
WARCINFO = plain_record(1, b"", kind="warcinfo")
OTHERS = {
    "two records": PLAIN + PLAIN,
    "no empty lines behind it": PLAIN[:-4],
    "bare line ends behind it": PLAIN[:-4] + b"\n\n",
    "an empty line too many": PLAIN + b"\r\n",
    "a length too short": plain_record(1, BLOCK, length=str(len(BLOCK) - 1)),
    "a length too long": plain_record(1, BLOCK, length=str(len(BLOCK) + 1)),
    "a length with a sign": plain_record(1, BLOCK, length=f"+{len(BLOCK)}"),
    "a head alone, with a length below zero": plain_record(1, b"", length="-4")[:-4],
    "no length": plain_record(1, BLOCK, length=""),
    "a long head": PLAIN.replace(b"\r\n", b"\r\nX-Long: " + b"a" * 5000 + b"\r\n", 1),
    "no head": b"<html>" * 9 + b"\r\n\r\n",
    "an ARC's record": arc(BLOCK),
    "nothing": b"",
}


def read(data):
    member = Member(Input(BytesIO(gzip.compress(data, mtime=0))), Gzip())
    return lone_record(member, LIMIT), member


@pytest.mark.parametrize(
    ("data", "body", "is_too_large"),
    [(PLAIN, BLOCK, False), (LONG, None, True), (REQUEST, None, False), (WARCINFO, None, False)],
)
def test_a_record_that_ends_where_its_member_does_is_read_at_once(data, body, is_too_large):
    record, _ = read(data)
    assert record is not None
    assert (record.body, record.is_too_large) == (body, is_too_large)
    assert (record.offset, record.length) == (0, len(gzip.compress(data, mtime=0)))


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_member_is_left_as_it_was(name):
    record, member = read(OTHERS[name])
    assert record is None
    assert member.position == 0


@pytest.mark.parametrize("data", [PLAIN, LONG, REQUEST, WARCINFO, *OTHERS.values()])
def test_it_does_not_show_in_what_a_file_gives(data):
    file = b"".join(gzip.compress(part, mtime=0) for part in (PLAIN, data, REQUEST))
    at_once = list(read_records(BytesIO(file), LIMIT))
    with patch.object(records, "lone_record", lambda *_: None):
        assert list(read_records(BytesIO(file), LIMIT)) == at_once
    assert sum(one.read_bytes for one in at_once) + sum(
        one.length for one in at_once if isinstance(one, records.Gap) and one.in_file
    ) == len(file)
