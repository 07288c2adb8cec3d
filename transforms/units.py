"""Files to read → units of work. Pure: what is known and what is there in, a plan out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class PlannedFile:
    """One file of a unit.

    Attributes:
        uri: Absolute path or URI.
        size: Bytes.
        tag: Changes when the file does.
        content_id: Identity of its bytes.
        skip: Why its records are not read (``copy``, ``twin``); None: they are.
    """

    uri: str
    size: int
    tag: str
    content_id: str
    skip: str | None = None


@dataclass(frozen=True)
class Unit:
    """Files that are read and committed together."""

    number: int
    attempt: int
    files: tuple[PlannedFile, ...]


@dataclass(frozen=True)
class Known:
    """A file that a live unit already holds."""

    unit: int
    attempt: int
    file: PlannedFile


def plan(
    found: Iterable[PlannedFile],
    known: Sequence[Known],
    files_per_unit: int,
    retried: Collection[str] = (),
    promised: Mapping[str, int] | None = None,
) -> list[Unit]:
    """Say which units to read: units with a file that changed are read again, new files make new ones.

    Of the files that hold the same bytes one is read and the others are kept on record as ``copy``.
    New files go in order of content id, so the plan does not depend on the order in which files
    were given. Files that are known but were not found stay as they are.

    Args:
        found: All input files, with what they hold now.
        known: All files of live units.
        files_per_unit: Most files in a new unit.
        retried: URIs of known files that are to be read again although they did not change.
        promised: URI → number of the unit that the plan before put it in. New files stay together under
            that number if no live unit has it: a run that was killed is finished as it was begun.
    """
    held = {entry.file.uri: entry.file for entry in known}
    there = {file.uri: _as_known(file, held.get(file.uri)) for file in found}
    wanted = held | _with_copies_marked(there, held)
    fresh = sorted((wanted[uri] for uri in there.keys() - held.keys()), key=lambda one: (one.content_id, one.uri))
    changed = {entry.unit for entry in known if wanted[entry.file.uri] != entry.file or entry.file.uri in retried}
    again = [_replaced(unit, wanted, known) for unit in sorted(changed)]
    begun = _begun(fresh, promised or {}, {entry.unit for entry in known}, files_per_unit)
    taken = {one.uri for unit in begun for one in unit.files}
    rest = [one for one in fresh if one.uri not in taken]
    first = max([entry.unit for entry in known] + [unit.number for unit in begun], default=-1) + 1
    return again + begun + _new_units(rest, first, files_per_unit)


def _as_known(file: PlannedFile, before: PlannedFile | None) -> PlannedFile:
    """Give the file as it is on record where it holds the same bytes: another tag alone is no change."""
    return before if before and before.content_id == file.content_id else file


def _with_copies_marked(there: dict[str, PlannedFile], held: dict[str, PlannedFile]) -> dict[str, PlannedFile]:
    """Choose who is read for each content: who was, if it still stands; else the smallest URI."""
    were_read = [one for one in held.values() if one.skip is None and there.get(one.uri, one) == one]
    readable = [one for one in there.values() if one.skip != "twin"]
    readers: dict[str, str] = {}
    for group in (were_read, readable):
        for file in sorted(group, key=lambda one: one.uri):
            readers.setdefault(file.content_id, file.uri)
    skips = {one.uri: None if readers[one.content_id] == one.uri else "copy" for one in readable}
    return {uri: replace(file, skip=skips.get(uri, file.skip)) for uri, file in there.items()}


def _replaced(number: int, wanted: dict[str, PlannedFile], known: Sequence[Known]) -> Unit:
    mine = [entry for entry in known if entry.unit == number]
    files = sorted((wanted[entry.file.uri] for entry in mine), key=lambda one: one.uri)
    return Unit(number, max(entry.attempt for entry in mine) + 1, tuple(files))


def _begun(fresh: Sequence[PlannedFile], promised: Mapping[str, int], live: set[int], size: int) -> list[Unit]:
    """Give the units of the plan before that were not committed; those too large for today's recipe are undone."""
    files = defaultdict[int, list[PlannedFile]](list)
    for file in fresh:
        if file.uri in promised:
            files[promised[file.uri]].append(file)
    wanted = sorted(number for number, mine in files.items() if number not in live and len(mine) <= size)
    return [Unit(number, 1, tuple(files[number])) for number in wanted]


def _new_units(files: Sequence[PlannedFile], first: int, size: int) -> list[Unit]:
    chunks = [tuple(files[i : i + size]) for i in range(0, len(files), size)]
    return [Unit(first + i, 1, chunk) for i, chunk in enumerate(chunks)]
