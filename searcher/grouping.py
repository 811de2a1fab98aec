"""Who plays together: groups of searches of which any two meet. Pure: no I/O, no clock.

Groups are compared by who has waited longest in each, then by who has waited second longest, and so
on. The first in this order are chosen.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TypeAlias

from searcher.search import Search

MAX_COMPARISONS = 5_000  # in the search for one group, which many blocks could make endless

Group: TypeAlias = tuple[Search, ...]  # by how long they have waited
Meets: TypeAlias = Callable[[Search, Search], bool]


def group(seeker: Search, meeting: Iterable[Search], meets: Meets) -> Group | None:
    """Return the first group of a search and some of those whom it meets, if there is one."""
    comparisons = iter(range(MAX_COMPARISONS))
    others = _complete(sorted(meeting, key=_rank), seeker.seats - 1, meets, comparisons)
    return None if others is None else tuple(sorted((seeker, *others), key=_rank))


def groups(searches: Sequence[tuple[Search, Sequence[Search]]], meets: Meets) -> list[Group]:
    """Choose who plays together; given are searches, each with those whom it meets."""
    first: list[tuple[list[tuple[float, str]], int, Group]] = []  # the first group of each
    taken: set[str] = set()
    chosen: list[Group] = []

    def look(number: int) -> None:
        seeker, meeting = searches[number]
        free = [each for each in meeting if each.login not in taken]
        if seeker.login not in taken and (found := group(seeker, free, meets)):
            heappush(first, ([each.rank for each in found], number, found))

    for number in range(len(searches)):
        look(number)
    while first:
        _, number, found = heappop(first)
        if taken.isdisjoint(each.login for each in found):
            taken.update(each.login for each in found)
            chosen.append(found)
        else:
            look(number)
    return chosen


def _complete(
    left: Sequence[Search], missing: int, meets: Meets, comparisons: Iterator[int]
) -> Group | None:
    """Return the first of these, so many, of whom any two meet."""
    if missing <= 1:
        return tuple(left[:missing]) if len(left) >= missing else None
    for place, one in enumerate(left):
        if len(left) - place < missing:
            break
        near = [
            other for other in left[place + 1 :]
            if next(comparisons, None) is not None and meets(one, other)
        ]
        others = _complete(near, missing - 1, meets, comparisons)
        if others is not None:
            return (one, *others)
    return None


def _rank(search: Search) -> tuple[float, str]:
    return search.rank
