"""A schedule → which tokens of each source each phase takes, and whether there are enough.

A source's documents stand in one order, and a cursor goes over them from phase to phase: nothing comes again before all
of the source was seen once (after Nguyen et al. 2024, arXiv 2406.03476, whose phases change the mixture at the end).
"""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from schemas.errors import RecipeError
from schemas.schedule import Phase, Schedule


class Part(NamedTuple):
    """What one phase takes of one source: its tokens from ``begins`` to ``ends``, told off without end."""

    phase: str
    phase_number: int
    source: str
    proportion: float
    begins: int
    ends: int

    @property
    def n_tokens(self) -> int:
        """Tokens asked for."""
        return self.ends - self.begins


def parts_of(schedule: Schedule) -> list[Part]:
    """Share a schedule's budget out, to the token: the parts of a phase come to its budget."""
    told, cursor = [], Counter[str]()
    for number, (phase, budget) in enumerate(zip(schedule.phases, budgets(schedule), strict=True)):
        for source, n in _shared_out(budget, phase.mix).items():
            told.append(Part(phase.name, number, source, phase.mix[source], cursor[source], cursor[source] + n))
            cursor[source] += n
    return told


def budgets(schedule: Schedule) -> list[int]:
    """Give each phase's tokens; shares of a budget come to all of it."""
    if schedule.tokens is None:
        return [phase.tokens or 0 for phase in schedule.phases]
    return list(_shared_out(schedule.tokens, {phase.name: phase.share or 0.0 for phase in schedule.phases}).values())


def require_enough(parts: list[Part], unique: Mapping[str, int], schedule: Schedule, origin: str) -> None:
    """Make sure that every source is there and is not seen too often.

    Args:
        parts: Of ``parts_of``.
        unique: Source → its tokens.
        schedule: Has the limits.
        origin: The schedule's file, which errors mention.

    Raises:
        RecipeError: a source has no documents, or is short; one line for each.
    """
    there = ", ".join(sorted(unique)) or "none"
    told = [
        f"{origin}: phases[{part.phase_number}].mix.{part.source}: no such source in the snapshot; allowed: {there}"
        for part in parts
        if not unique.get(part.source)
    ]
    asked = Counter[str]()
    for part in parts:
        asked[part.source] += part.n_tokens
    for source, n in asked.items():
        allowed = schedule.limit(source) * unique.get(source, 0)
        if unique.get(source) and n > allowed:
            told.append(_short(origin, source, n, unique[source], schedule.limit(source)))
    if told:
        raise RecipeError("\n".join(told))


def _short(origin: str, source: str, n_asked: int, n_unique: int, limit: float) -> str:
    missing = n_asked - int(limit * n_unique)
    told = f"{n_asked:,} are asked, {n_asked / n_unique:.2f} epochs of its {n_unique:,}"
    allowed = f"{limit:g} (max_epochs, or epochs.{source}); ask for less of it, or allow more"
    return f"{origin}: source '{source}' is {missing:,} tokens short: {told}; allowed: {allowed}"


def without(schedule: Schedule, source: str) -> Schedule:
    """Leave one source out of all phases: the others share its tokens in their proportions (a removal probe).

    Raises:
        RecipeError: no phase has the source, or one has no other.
    """
    if source not in schedule.sources:
        raise RecipeError(f"--without: given {source!r:.80}; allowed: {', '.join(schedule.sources)}")
    phases = tuple(_phase_without(phase, source) for phase in schedule.phases)
    limits = {name: limit for name, limit in schedule.epochs.items() if name != source}
    name = f"{schedule.name}-without-{source}"[:63]
    return schedule.model_copy(update={"name": name, "phases": phases, "epochs": limits})


def _phase_without(phase: Phase, source: str) -> Phase:
    rest = {name: proportion for name, proportion in phase.mix.items() if name != source}
    total = sum(rest.values())
    if not total:
        raise RecipeError(f"--without: phase '{phase.name}' has only '{source}'; allowed: a source beside others")
    return phase.model_copy(update={"mix": {name: proportion / total for name, proportion in rest.items()}})


def _shared_out(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Round shares of a whole so that they come to it: the largest remainders get what rounding down leaves."""
    exact = {name: total * share / sum(shares.values()) for name, share in shares.items()}
    told = {name: int(value) for name, value in exact.items()}
    left = total - sum(told.values())
    by_remainder = sorted((name for name in exact if shares[name]), key=lambda name: (told[name] - exact[name], name))
    for name in by_remainder[:left]:
        told[name] += 1
    return told
