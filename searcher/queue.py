"""The queue of searches, as the steps of the searcher read and change it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from searcher.models import ALIVE, AT_ONCE_SCORE, LEASES, LOOKS, PLAYERS, queue_of
from searcher.row_json import WAITING, Place
from searcher.search import Search
from searcher.tables import Step


def put(step: Step, search: Search) -> None:
    """Put a search into the queue."""
    step.put(queue_of(search.pool), search.login, replace(search, alive_until=None))
    step.put(PLAYERS, search.login, Place(WAITING, search.pool, search.connection_id))
    step.put(ALIVE, search.login, search.alive_until)


def put_if_absent(step: Step, search: Search) -> None:
    """Put a search into the queue, unless its player is there or elsewhere."""
    if step.get(PLAYERS, search.login) is None:
        put(step, search)


def take(step: Step, search: Search) -> None:
    """Take a search out of the queue, for it to be in a proposal or a pairing."""
    step.drop(queue_of(search.pool), search.login, search)


def end(step: Step, login: str) -> None:
    """Delete the place and the lease of a player who no longer searches."""
    step.drop(PLAYERS, login)
    end_lease(step, login)


def end_lease(step: Step, login: str) -> None:
    """Drop the moment until which a player's search is alive."""
    step.drop(ALIVE, login)
    step.place(LEASES, login, None)


def with_leases(step: Step, searches: Sequence[Search]) -> tuple[Search, ...]:
    """Return searches with their leases; that of a search which is being added is not stored yet.
    """
    until = step.peek(ALIVE, [each.login for each in searches])
    return tuple(
        replace(each, alive_until=until[each.login] or each.alive_until) for each in searches
    )


def find(step: Step, login: str) -> Search | None:
    """Return a player's search, if it is in the queue."""
    place = step.get(PLAYERS, login)
    return find_at(step, login, place) if place and place.kind == WAITING else None


def find_at(step: Step, login: str, place: Place) -> Search | None:
    """Return the search of a player who waits at this place."""
    search = step.get(queue_of(place.name), login)
    # Where there is none, it was taken after the place was read, and the step is made again.
    return search and replace(search, alive_until=step.get(ALIVE, login))


def remove_if(step: Step, login: str, condition: Callable[[Search], bool]) -> Search | None:
    """Remove a player's search from the queue if there is one of which this is true."""
    search = find(step, login)
    if search is None or not condition(search):
        return None
    take(step, search)
    end(step, login)
    return search


def look_at_once(step: Step, login: str) -> None:
    """Mark a player who waits as due to look for opponents at the next tick."""
    place = step.get(PLAYERS, login)
    if place and place.kind == WAITING:
        step.place(LOOKS, login, AT_ONCE_SCORE)
