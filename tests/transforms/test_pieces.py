"""Files cut into pieces, and their ledgers put together again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pieces import Piece, cut, grouped, merged, unchained
from transforms.units import PlannedFile

AT = datetime(2024, 5, 6, tzinfo=UTC)


def file(uri, size=1000, skip=None):
    return PlannedFile(uri, size, "tag", "content", skip)


def row(uri, piece, began, read, skipped=0, **more):
    counts = dict.fromkeys(
        (
            "n_records",
            "n_documents",
            "n_rejected_records",
            "n_skipped_records",
            "n_gaps",
            "n_images",
            "n_taken_down",
            "seconds",
        ),
        1,
    )
    told = {"uri": uri, "piece": piece, "began": began, "read_bytes": read, "skipped_bytes": skipped}
    rest = {"size_bytes": 100, "status": "ok", "error": None, "records_by_type": [("response", 1)], "read_at": AT}
    rest["asked_bytes"] = None
    return {**counts, **told, **rest, **more}


class TestCut:
    def test_a_plain_file_is_cut_and_its_pieces_cover_it(self):
        pieces = cut([file("a.warc", 1001)], 300, {})
        assert [(p.begin, p.end) for p in pieces] == [(0, 250), (250, 500), (500, 750), (750, 1001)]

    def test_a_packed_file_is_cut_only_where_an_index_names_its_records(self):
        assert len(cut([file("a.warc.gz"), file("b.warc.zst")], 300, {})) == 2
        assert len(cut([file("a.warc.gz")], 300, {"a.warc.gz": 800})) == 3

    def test_a_file_that_is_not_read_or_must_stay_whole_is_one_piece(self):
        assert len(cut([file("a.warc", skip="copy"), file("b.warc")], 300, {}, whole={"b.warc"})) == 2

    def test_the_largest_come_first(self):
        pieces = cut([file("a.warc.gz", 10), file("b.warc.gz", 5000), file("c.warc", 2000)], 1500, {})
        assert [one.file.uri for one in pieces] == ["b.warc.gz", "c.warc", "c.warc", "a.warc.gz"]

    def test_what_is_not_read_is_no_work(self):
        assert [one.n_bytes for one in cut([file("a.warc", 900, skip="twin"), file("b.warc")], 300, {})] == [
            250
        ] * 4 + [0]

    def test_small_pieces_share_a_task_and_large_ones_do_not(self):
        files = [file("a.warc.gz", 500), file("b.warc.gz", 70), file("c.warc.gz", 30), file("d.warc.gz", 1)]
        groups = grouped(cut(files, 300, {}), 100, 100, 1)
        assert [[one.file.uri[0] for one in group] for group in groups] == [["a"], ["b", "c"], ["d"]]

    @pytest.mark.parametrize(
        ("n_cores", "sizes"), [(1, [8, 8, 8, 4, 2, 2]), (2, [8, 6, 4, 3, 2, 2, 2, 2, 2, 1]), (64, [2] * 16)]
    )
    def test_groups_become_smaller_as_less_is_left(self, n_cores, sizes):
        pieces = cut([file(f"{i}.warc.gz", 10) for i in range(32)], 300, {})
        assert [len(group) for group in grouped(pieces, 20, 80, n_cores)] == sizes

    @given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 60), st.integers(0, 60), st.integers(1, 9))
    def test_each_piece_is_in_one_group_that_is_not_too_large(self, sizes, least, more, n_cores):
        pieces = cut([file(f"{i}.warc.gz", size) for i, size in enumerate(sizes)], 300, {})
        groups = list(grouped(pieces, least, least + more, n_cores))
        assert [one for group in groups for one in group] == pieces
        assert all(len(group) == 1 or sum(one.n_bytes for one in group) <= least + more for group in groups)

    @given(st.lists(st.integers(), max_size=30), st.integers(1, 40))
    def test_shares_of_a_list_are_all_of_it(self, items, n):
        shares = [Piece(file("a"), number, n).share(items) for number in range(n)]
        assert [item for share in shares for item in share] == items


class TestMerged:
    def test_counts_are_summed_and_the_first_fault_stays(self):
        late = AT + timedelta(1)
        pieces = [
            row("a", 1, 60, 30, 10, status="damaged", error="bad at 90", read_at=late),
            row("a", 0, 0, 60, records_by_type=[("response", 2), ("request", 1)]),
        ]
        [(uri, found)] = merged(pieces).items()
        assert (uri, found["read_bytes"], found["skipped_bytes"], found["n_documents"]) == ("a", 90, 10, 2)
        assert (found["status"], found["error"], found["read_at"]) == ("damaged", "bad at 90", late)
        assert found["records_by_type"] == {"response": 3, "request": 1}
        assert not {"piece", "began", "asked_bytes"} & set(found)

    def test_what_no_range_asks_for_is_skipped(self):
        found = merged([row("a", 0, None, 30, 5, asked_bytes=35), row("a", 1, None, 10, asked_bytes=10)])
        assert (found["a"]["read_bytes"], found["a"]["skipped_bytes"]) == (40, 60)

    def test_a_piece_out_of_reach_takes_the_file_with_it(self):
        found = merged([row("a", 0, 0, 60), row("a", 1, None, 0, status="unreachable", error="gone")])
        assert found["a"]["status"] == "unreachable"


class TestUnchained:
    def test_pieces_that_meet_are_fine_and_empty_ones_do_not_count(self):
        assert unchained([row("a", 0, 0, 70), row("a", 1, None, 0), row("a", 2, 70, 20, 10)]) == set()

    def test_pieces_that_overlap_or_leave_bytes_out_are_found(self):
        overlapping = [row("a", 0, 0, 70), row("a", 1, 50, 50)]
        short = [row("b", 0, 0, 70), row("b", 1, 70, 20)]
        late = [row("c", 0, 5, 95)]
        assert unchained(overlapping + short + late) == {"a", "b", "c"}

    def test_files_that_say_no_beginning_are_not_judged(self):
        assert unchained([row("a", 0, None, 3)]) == set()
