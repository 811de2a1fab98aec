"""Proposals, as the steps of the searcher read and change them."""

from collections.abc import Mapping
from dataclasses import replace

from searcher import queue
from searcher.models import ALIVE, PLAYERS, PROPOSALS
from searcher.ready_check import Lapse, Proposal
from searcher.row_json import PROPOSED, WAITING, Place
from searcher.tables import Step


def find(step: Step, proposal_id: str) -> Proposal | None:
    """Return a proposal, if it stands."""
    proposal = step.get(PROPOSALS, proposal_id)
    return proposal and proposal.with_leases(step.get_many(ALIVE, proposal.players))


def find_of(step: Step, login: str) -> Proposal | None:
    """Return the proposal that stands for a player, if one does."""
    place = step.get(PLAYERS, login)
    return find(step, place.name) if place and place.kind == PROPOSED else None


def put(step: Step, proposal: Proposal) -> None:
    """Write a proposal as it stands."""
    step.put(PROPOSALS, proposal.proposal_id, proposal)


def propose(step: Step, proposal: Proposal) -> None:
    """Propose players to each other who are no longer in the queue."""
    put(step, proposal)
    for search in proposal.searches:
        step.put(PLAYERS, search.login, Place(PROPOSED, proposal.proposal_id))
        step.put(ALIVE, search.login, search.alive_until)


def drop(step: Step, proposal: Proposal) -> None:
    """Drop a proposal; its players are then to be put elsewhere."""
    step.drop(PROPOSALS, proposal.proposal_id, proposal)


def end(step: Step, lapse: Lapse) -> Lapse:
    """End a proposal that has lapsed: who is not out of it goes back to the queue."""
    drop(step, lapse.proposal)
    for login in lapse.out:
        queue.end(step, login)
    for search in lapse.back:
        queue.put(step, search)
    return lapse


def renew_searches(
    step: Step, connections: Mapping[str, str | None], until: float
) -> list[str]:
    """Prolong searches, given by login and connection; return who has none there.

    They are prolonged in the queue as well as in proposals.
    """
    places = step.get_many(PLAYERS, connections)
    missing = []
    for login, connection_id in connections.items():
        place = places[login]
        if place is None:
            missing.append(login)
        elif place.kind == PROPOSED:
            _renew(step, place.name, login, connection_id, until)
        elif place.kind == WAITING:
            if place.connection_id == connection_id:
                step.put(ALIVE, login, until)
            else:
                missing.append(login)
    return missing


def _renew(
    step: Step, proposal_id: str, login: str, connection_id: str | None, until: float
) -> None:
    proposal = find(step, proposal_id)
    if proposal and proposal.search_of(login).connection_id == connection_id:
        step.put(ALIVE, login, until)
        put(step, proposal.with_leases({login: until}))


def note_announced(step: Step, proposal_id: str) -> None:
    """Note that the players of a proposal have been told of it."""
    if proposal := find(step, proposal_id):
        put(step, replace(proposal, announced=True))


def restart(step: Step, proposal_id: str, before: float, now: float) -> Proposal | None:
    """Restart a proposal whose messages may have been lost, made before a given time."""
    proposal = find(step, proposal_id)
    if proposal is None or proposal.announced or proposal.proposed_at >= before:
        return None
    restarted = proposal.restart(now)
    put(step, restarted)
    return restarted


def expire(step: Step, proposal_id: str, now: float) -> tuple[list[str], Lapse | None]:
    """End a proposal that is over; return who has missed it, and what comes of that."""
    proposal = find(step, proposal_id)
    lapse = proposal.expire(now) if proposal else None
    if proposal is None or lapse is None:  # it was ended or prolonged meanwhile
        return [], None
    return proposal.missed_by(now), end(step, lapse)
