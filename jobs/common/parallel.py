"""A few units at once: while one commits, the next one's pages are parsed. And questions, which are mostly planning."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

UNITS_AT_ONCE = 3

A = TypeVar("A")
B = TypeVar("B")


def each(work: Callable[[A], B], items: Iterable[A]) -> Iterator[tuple[A, B]]:
    """Do ``work`` for every item, a few at a time; yields (item, result) as they end.

    Units own disjoint partitions, so their commits do not conflict. When one fails, those not yet
    begun are dropped, those under way end, and its error is raised.
    """
    with ThreadPoolExecutor(UNITS_AT_ONCE, thread_name_prefix="unit") as pool:
        futures = {pool.submit(work, item): item for item in items}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def at_once(asks: Sequence[Callable[[], A]]) -> list[A]:
    """Ask all at the same time; gives the answers in the order of the questions, or raises the first one's error."""
    with ThreadPoolExecutor(max(1, len(asks)), thread_name_prefix="ask") as pool:
        return [asked.result() for asked in [pool.submit(ask) for ask in asks]]
