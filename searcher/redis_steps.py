"""The steps that a change in Redis is made of: each reads and writes what belongs together.

Where a player is, in the queue, in a proposal or in a pairing, is one value in the table PLAYERS.
"""

from collections.abc import Callable
from dataclasses import replace

from searcher import redis_records as records
from searcher.avoidance import KEPT_APART
from searcher.matching import Request
from searcher.ready_check import Lapse, Proposal
from searcher.redis_tables import Change

# Tables. The queue has one for each pool, the requests in them by logins.
PLAYERS, ALIVE, PROPOSALS, PAIRINGS = "players", "alive", "proposals", "pairings"
ABORTED, APART = "aborted", "apart"  # pairs that have aborted, and those who are kept apart
# What a player's value in the first of them begins with.
WAITING, PROPOSED, PAIRED = "waiting", "proposed", "paired"


def queue(pool: str) -> str:
    """The table of those who wait in a pool."""
    return f"waiting:{pool}"


def waits(pool: str) -> str:
    """The name under which it is noted how long the last ones of a pool have waited."""
    return f"waits:{pool}"


def put(change: Change, request: Request) -> None:
    """Put a request into the queue."""
    change.put(queue(request.pool), request.login, records.of_request(request))
    change.put(PLAYERS, request.login, [WAITING, request.pool, request.connection_id])
    change.put(ALIVE, request.login, request.alive_until)


def take(change: Change, request: Request) -> None:
    """Take a request out of the queue."""
    change.drop(queue(request.pool), request.login)
    change.drop(PLAYERS, request.login)
    change.drop(ALIVE, request.login)


def take_if(
    change: Change, login: str, which: Callable[[Request], bool]
) -> Request | None:
    """Take a player's request out of the queue if there is one of which this is true."""
    place = change.get(PLAYERS, login)
    if not place or place[0] != WAITING:
        return None
    request = request_of(change, login)
    if request is None or not which(request):  # none: another has just taken it
        return None
    take(change, request)
    return request


def request_of(change: Change, login: str) -> Request | None:
    """What a player searches for, in the queue or while a proposal stands."""
    place = change.get(PLAYERS, login)
    if not place or place[0] == PAIRED:
        return None
    if place[0] == PROPOSED:
        proposal = proposal_of(change, place[1])
        return proposal.of(login) if proposal else None
    stored = change.get(queue(place[1]), login)
    return records.as_request(stored, change.get(ALIVE, login)) if stored else None


def waiting(change: Change, pool: str) -> list[Request]:
    """Those who wait in a pool; whoever comes in meanwhile has the change made again."""
    stored = change.all(queue(pool))
    until = change.peek(ALIVE, stored)
    return [records.as_request(each, until[login]) for login, each in stored.items()]


def renew(change: Change, logins: dict[str, str | None], until: float) -> list[str]:
    """Prolong requests, given by login and connection; the logins of those that are none."""
    places = change.get_many(PLAYERS, logins)
    missing = []
    for login, connection_id in logins.items():
        place = places[login]
        if place and place[0] == PROPOSED:
            proposal = proposal_of(change, place[1])
            if proposal and proposal.of(login).connection_id == connection_id:
                change.put(ALIVE, login, until)
        elif place and place[0] == WAITING and place[2] == connection_id:
            change.put(ALIVE, login, until)
        elif not place or place[0] == WAITING:
            missing.append(login)
    return missing


def unready(
    change: Change, proposal_id: str, now: float
) -> tuple[list[str], Lapse | None]:
    """Who has missed a proposal, and what has come of that."""
    proposal = proposal_of(change, proposal_id)
    if proposal is None:
        return [], None
    lapse = proposal.unready(now)
    return proposal.missed_by(now), end(change, lapse) if lapse else None


def note_told(change: Change, proposal_id: str) -> None:
    """Note that the players of a proposal have been told of it."""
    proposal = proposal_of(change, proposal_id)
    if proposal is not None:
        put_proposal(change, replace(proposal, told=True))


def begin_anew(
    change: Change, proposal_id: str, before: float, now: float
) -> Proposal | None:
    """Have a proposal of before a given time begin anew if nobody may have been told of it."""
    proposal = proposal_of(change, proposal_id)
    if proposal is None or proposal.told or proposal.proposed_at >= before:
        return None
    proposal = proposal.begin_anew(now)
    put_proposal(change, proposal)
    return proposal


def put_proposal(change: Change, proposal: Proposal) -> None:
    """Store a proposal as it stands."""
    change.put(PROPOSALS, proposal.proposal_id, records.of_proposal(proposal))


def end(change: Change, lapse: Lapse) -> Lapse:
    """End a proposal that has lapsed: who is not out of it goes back to the queue."""
    change.drop(PROPOSALS, lapse.proposal.proposal_id)
    for login in lapse.out:
        change.drop(PLAYERS, login)
        change.drop(ALIVE, login)
    for request in lapse.back:
        put(change, request)
    return lapse


def proposal_of(change: Change, proposal_id: str) -> Proposal | None:
    """A proposal, if it stands."""
    stored = change.get(PROPOSALS, proposal_id)
    if stored is None:
        return None
    until = change.get_many(ALIVE, [each["login"] for each in stored["requests"]])
    return records.as_proposal(proposal_id, stored, until)


def forget_pair(change: Change, pair: str, now: float) -> None:
    """Forget that two have aborted, once that is long ago."""
    stored = change.get(ABORTED, pair)
    if stored and stored[1] <= now - KEPT_APART:
        change.drop(ABORTED, pair)
        change.drop(APART, pair)
