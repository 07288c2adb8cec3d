"""Files to read → units: what is known is left alone, and no bytes go unread."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from transforms.units import Known, PlannedFile, Unit, plan


def file(uri, content=None, skip=None):
    return PlannedFile(uri, 10, "tag", content or f"content-of-{uri}", skip)


def known(unit, *files, attempt=1):
    return [Known(unit, attempt, one) for one in files]


def committed(units, before=()):
    """What is known after the units were read."""
    done = {unit.number for unit in units}
    kept = [entry for entry in before if entry.unit not in done]
    return kept + [Known(unit.number, unit.attempt, one) for unit in units for one in unit.files]


def read_contents(entries):
    """Contents that some live unit has really read."""
    return {entry.file.content_id for entry in entries if entry.file.skip is None}


A, B, C = file("a"), file("b"), file("c")


class TestNewFiles:
    def test_no_files_make_no_units(self):
        assert plan([], [], 8) == []

    def test_what_is_known_makes_no_units(self):
        assert plan([A, B], known(0, A, B), 8) == []

    def test_units_hold_no_more_files_than_asked(self):
        assert plan([C, A, B], [], 2) == [Unit(0, 1, (A, B)), Unit(1, 1, (C,))]

    def test_only_new_files_are_planned_and_numbers_go_on(self):
        assert plan([A, B, C], known(4, A, attempt=3), 8) == [Unit(5, 1, (B, C))]

    def test_a_known_file_that_is_no_longer_there_is_left_alone(self):
        assert plan([B], known(0, A, B), 8) == []


PROMISED = {"a": 0, "b": 1, "c": 1}


class TestBegunUnits:
    def test_what_was_not_committed_keeps_its_number(self):
        assert plan([A, B, C], known(1, B, C), 2, promised=PROMISED) == [Unit(0, 1, (A,))]

    def test_new_files_are_numbered_behind_it(self):
        d = file("d")
        assert plan([d, C, A, B], known(0, A), 2, promised=PROMISED) == [Unit(1, 1, (B, C)), Unit(2, 1, (d,))]

    def test_a_file_that_its_unit_was_committed_without_gets_a_new_one(self):
        assert plan([A, B, C], known(1, B), 2, promised=PROMISED) == [Unit(0, 1, (A,)), Unit(2, 1, (C,))]

    def test_units_are_cut_anew_where_fewer_files_are_asked_for(self):
        assert plan([B, C], known(0, A), 1, promised=PROMISED) == [Unit(1, 1, (B,)), Unit(2, 1, (C,))]


class TestChangedFiles:
    def test_the_unit_of_a_changed_file_is_read_again_whole(self):
        newer = file("a", "newer")
        assert plan([newer, B], known(2, A, B, attempt=3), 8) == [Unit(2, 4, (newer, B))]

    def test_other_units_are_left_alone(self):
        before = known(0, A) + known(1, B)
        assert [unit.number for unit in plan([A, file("b", "newer")], before, 8)] == [1]

    def test_changed_and_new_files_are_planned_together(self):
        newer = file("a", "newer")
        assert plan([newer, C], known(0, A), 8) == [Unit(0, 2, (newer,)), Unit(1, 1, (C,))]

    def test_another_tag_alone_is_no_change(self):
        assert plan([replace(A, tag="other")], known(0, A), 8) == []


class TestCopies:
    def test_the_same_bytes_under_another_name_are_a_copy(self):
        assert plan([A, file("b", A.content_id)], known(0, A), 8) == [Unit(1, 1, (file("b", A.content_id, "copy"),))]

    def test_of_two_new_files_with_the_same_bytes_one_is_read(self):
        units = plan([file("y", "same"), file("x", "same")], [], 8)
        assert units == [Unit(0, 1, (file("x", "same"), file("y", "same", "copy")))]

    def test_a_file_that_is_skipped_anyway_makes_no_copy_of_another(self):
        units = plan([file("a", "same", "twin"), file("b", "same")], [], 8)
        assert [one.skip for one in units[0].files] == ["twin", None]

    def test_a_copy_is_read_when_its_original_changed(self):
        copy = file("b", A.content_id, "copy")
        newer = file("a", "newer")
        units = plan([newer, replace(copy, skip=None)], known(0, A) + known(1, copy), 8)
        assert units == [Unit(0, 2, (newer,)), Unit(1, 2, (replace(copy, skip=None),))]

    def test_one_of_two_copies_is_read_when_their_original_changed(self):
        copies = [file(uri, A.content_id, "copy") for uri in "bc"]
        found = [file("a", "newer"), *(replace(copy, skip=None) for copy in copies)]
        after = committed(plan(found, known(0, A, *copies), 8), known(0, A, *copies))
        assert [entry.file.skip for entry in after].count("copy") == 1
        assert A.content_id in read_contents(after)

    def test_a_file_that_was_renamed_is_read_when_its_old_name_holds_other_bytes(self):
        before = known(0, A)
        after = committed(plan([file("a", "newer"), file("b", A.content_id)], before, 8), before)
        assert A.content_id in read_contents(after)

    def test_a_copy_is_read_when_its_original_and_another_copy_changed(self):
        before = known(0, A, file("b", A.content_id, "copy"), file("c", A.content_id, "copy"))
        found = [file("a", "newer"), file("b", "newest"), file("c", A.content_id)]
        after = committed(plan(found, before, 8), before)
        assert A.content_id in read_contents(after)

    def test_the_same_bytes_as_a_skipped_twin_are_read(self):
        before = known(0, file("a", "same", "twin"))
        after = committed(plan([file("a", "same", "twin"), file("b", "same")], before, 8), before)
        assert "same" in read_contents(after)

    def test_a_file_that_changed_to_known_bytes_is_a_copy(self):
        before = known(0, A) + known(1, B)
        after = committed(plan([A, file("b", A.content_id)], before, 8), before)
        assert [entry.file.skip for entry in after if entry.file.uri == "b"] == ["copy"]

    def test_the_copy_that_becomes_the_one_that_is_read_is_one_that_was_found(self):
        before = known(0, A, file("b", A.content_id, "copy"), file("c", A.content_id, "copy"))
        units = plan([file("a", "newer"), file("c", A.content_id)], before, 8)
        assert [one.skip for one in units[0].files] == [None, "copy", None]

    def test_a_file_that_was_read_is_read_again_rather_than_a_copy_of_a_smaller_name(self):
        assert plan([B, file("a", B.content_id)], known(0, B), 8) == [Unit(1, 1, (file("a", B.content_id, "copy"),))]

    def test_a_file_that_changed_to_a_twin_is_not_read(self):
        assert plan([file("a", "newer", "twin")], known(0, A), 8) == [Unit(0, 2, (file("a", "newer", "twin"),))]


FILES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["1", "2", "3", "4", "5"])).map(
    lambda contents: [file(uri, content) for uri, content in contents.items()]
)


class TestAnyPlan:
    @given(FILES, st.integers(1, 3), st.data())
    def test_a_killed_run_is_finished_as_it_was_begun(self, files, size, data):
        units = plan(files, [], size)
        promised = {one.uri: unit.number for unit in units for one in unit.files}
        done = data.draw(st.lists(st.sampled_from(units), unique=True)) if units else []
        rest = [unit for unit in units if unit not in done]
        assert plan(files, committed(done), size, promised=promised) == rest

    @given(FILES, FILES, st.integers(1, 4), st.randoms())
    def test_it_does_not_depend_on_the_order_of_the_files(self, first, second, size, random):
        before = committed(plan(first, [], size))
        shuffled = random.sample(second, len(second))
        assert plan(shuffled, random.sample(before, len(before)), size) == plan(second, before, size)

    @given(FILES, st.integers(1, 4))
    def test_every_new_file_is_in_exactly_one_unit(self, files, size):
        uris = [one.uri for unit in plan(files, [], size) for one in unit.files]
        assert sorted(uris) == sorted(one.uri for one in files)

    @given(FILES, st.integers(1, 4))
    def test_each_content_of_new_files_is_read_once(self, files, size):
        contents = [one.content_id for unit in plan(files, [], size) for one in unit.files if one.skip is None]
        assert sorted(contents) == sorted({one.content_id for one in files})

    @given(FILES, FILES, st.integers(1, 4))
    def test_after_it_there_is_nothing_left_to_plan(self, first, second, size):
        before = committed(plan(first, [], size))
        after = committed(plan(second, before, size), before)
        assert plan(second, after, size) == []

    @given(st.lists(FILES, min_size=1, max_size=4))
    def test_after_it_each_content_that_is_there_was_read_once(self, rounds):
        after = []
        for found in rounds:
            after = committed(plan(found, after, 2), after)
        contents = {one.content_id for one in rounds[-1]}
        assert contents <= read_contents(after)
        was_read = [entry.file.content_id for entry in after if entry.file.skip is None]
        assert len(was_read) == len(set(was_read))
