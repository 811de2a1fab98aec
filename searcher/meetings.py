"""The steps in which players meet: they are proposed to each other, or paired for a session."""

import random
import secrets
from collections.abc import Sequence
from typing import TypeAlias

from searcher import proposals, queue
from searcher.models import PAIRING_STARTS, PAIRINGS, PLAYERS
from searcher.pairing import Pairing
from searcher.ready_check import Proposal
from searcher.row_json import PAIRED, Place
from searcher.search import Search
from searcher.tables import Step

Meeting: TypeAlias = Pairing | Proposal

ID_BYTES = 12


class Meetings:
    """Brings searches together.

    With a `ready_check`, in seconds, they are proposed to each other first. Who moves first is
    drawn by lot.
    """

    def __init__(self, lot: random.Random, ready_check: float):
        self._lot = lot
        self._ready_check = ready_check

    def meet(self, step: Step, searches: Sequence[Search], now: float) -> Meeting:
        """Take searches out of the queue, and propose them to each other or pair them."""
        meeting_id = secrets.token_hex(ID_BYTES)
        for search in searches:
            queue.take(step, search)
        if not self._ready_check:
            return self.pair(step, meeting_id, searches, now)
        alive = queue.with_leases(step, searches)
        proposal = Proposal(meeting_id, alive, now, now + self._ready_check)
        proposals.propose(step, proposal)
        return proposal

    def pair(
        self, step: Step, pairing_id: str, searches: Sequence[Search], now: float
    ) -> Pairing:
        """Pair players who are no longer in the queue."""
        pairing = Pairing.draw(pairing_id, searches, self._lot, now)
        step.put(PAIRINGS, pairing_id, pairing)
        for login in pairing.players:
            step.put(PLAYERS, login, Place(PAIRED, pairing_id))
            queue.end_lease(step, login)
        return pairing


def complete(step: Step, pairing_id: str) -> bool:
    """Forget a pairing whose session is known; return False where that had been done."""
    pairing = step.get(PAIRINGS, pairing_id)
    if pairing is None:
        step.place(PAIRING_STARTS, pairing_id, None)
        return False
    step.drop(PAIRINGS, pairing_id, pairing)
    for login in pairing.players:
        step.drop(PLAYERS, login)
    return True
