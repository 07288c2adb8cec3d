"""After damage: the next place in a file that can be trusted."""

import gzip
from io import BytesIO
from unittest.mock import patch

import pytest

from tests.transforms.archives import Counted, plain_record
from transforms import chunks
from transforms.chunks import Input
from transforms.gzip_members import Gzip
from transforms.resync import Codecs

GZIP_MAGIC = Gzip.magic


class TestNextMember:
    GOOD = gzip.compress(plain_record(0, b"abc"), mtime=0)  # the time of day would make other tests in each worker
    DECOYS = (
        GZIP_MAGIC + b"\x00" * 20,  # a magic by chance
        gzip.compress(b"<html>no record</html>", mtime=0),  # a member without a record
        GOOD[:-4],  # a member that was cut: what follows is no checksum
    )

    @pytest.mark.parametrize("chunk", [2, 3, 50, 1 << 16])
    @pytest.mark.parametrize("decoy", DECOYS)
    def test_the_first_intact_member_with_a_record_is_found(self, decoy, chunk):
        data = b"junk" + decoy + b"more" + self.GOOD
        with patch.object(chunks, "CHUNK", chunk):
            source = Input(BytesIO(data))
            assert Codecs().next_member(source, 0) == source.offset == len(data) - len(self.GOOD)

    def test_a_member_at_the_very_start_is_found(self):
        assert Codecs().next_member(Input(BytesIO(self.GOOD)), 0) == 0

    def test_a_member_before_the_start_is_not_found(self):
        assert Codecs().next_member(Input(BytesIO(self.GOOD)), 1) is None

    def test_nothing_found_leaves_the_source_at_its_end(self):
        source = Input(BytesIO(b"junk" * 50_000))
        assert Codecs().next_member(source, 0) is None
        assert source.offset == 200_000

    def test_a_file_full_of_magics_is_read_once(self):
        stream = Counted(GZIP_MAGIC * 100_000)
        assert Codecs().next_member(Input(stream), 0) is None
        assert stream.n_bytes == 300_000
