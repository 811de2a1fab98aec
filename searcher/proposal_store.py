"""Where proposals are kept while the ready check is under way, and how they change.

Every change is one step, as in `storage`.
"""

from collections.abc import Iterator
from functools import partial

from searcher import proposals
from searcher.exceptions import ProposalNotFound
from searcher.interruption import until_storage_fails
from searcher.meetings import Meetings
from searcher.models import PROPOSAL_ENDS, UNANNOUNCED
from searcher.pairing import Pairing
from searcher.proposal_outcomes import ProposalOutcomes
from searcher.ready_check import Lapse, Proposal
from searcher.tables import Span, Step, Tables
from searcher.wait_times import WaitTimes


class ProposalStore:
    """The proposals of searches that have met.

    All methods raise StorageAway where the tables can't be reached.
    """

    def __init__(
        self, tables: Tables, meetings: Meetings, outcomes: ProposalOutcomes, wait_times: WaitTimes
    ):
        self._tables, self._meetings = tables, meetings
        self._outcomes, self._wait_times = outcomes, wait_times

    def note_announced(self, proposal_id: str) -> None:
        """Note that the players of a proposal have been told of it."""
        self._tables.change(partial(proposals.note_announced, proposal_id=proposal_id))

    @until_storage_fails
    def unannounced(self, before: float, now: float) -> Iterator[Proposal]:
        """Restart proposals whose messages may have been lost, and return them."""
        for proposal_id in self._tables.keys(Span(UNANNOUNCED, high=before)):
            restart = partial(proposals.restart, proposal_id=proposal_id, before=before, now=now)
            if proposal := self._tables.change(restart):
                yield proposal

    def accept(self, login: str, proposal_id: str, now: float) -> Pairing | None:
        """Note that a player accepts; return the pairing for the last one to do so.

        Accepting again changes nothing. Raises ProposalNotFound.
        """

        def decide(step: Step) -> Pairing | None:
            proposal = proposals.find(step, proposal_id)
            if proposal is None or login not in proposal.players or proposal.deadline <= now:
                if self._outcomes.was_accepted(login, proposal_id, now):
                    return None
                raise ProposalNotFound.of(
                    f"No proposal {proposal_id} stands for {login}", proposal_id=proposal_id
                )
            proposal = proposal.accept(login)
            if not proposal.is_accepted:
                proposals.put(step, proposal)
                return None
            proposals.drop(step, proposal)
            # First, so that nobody is told in between that there is no such proposal.
            self._outcomes.record_acceptance(proposal_id, proposal.players, now)
            return self._meetings.pair(step, proposal_id, proposal.searches, now)

        pairing = self._tables.change(decide)
        if pairing is not None:
            self._wait_times.record(pairing)
        return pairing

    def decline(self, login: str, connection_id: str | None, now: float) -> Lapse | None:
        """End the proposal that stands for a player, where `remove` would end a search."""

        def decide(step: Step) -> Lapse | None:
            proposal = proposals.find_of(step, login)
            if proposal is None:
                return None
            if connection_id and proposal.search_of(login).connection_id != connection_id:
                return None
            return proposals.end(step, proposal.lapse([login], now))

        return self._tables.change(decide)

    @until_storage_fails
    def expire(self, now: float) -> Iterator[Lapse]:
        """End the proposals whose deadline has passed, or of which somebody is gone."""
        for proposal_id in self._tables.keys(Span(PROPOSAL_ENDS, high=now)):
            expire = partial(proposals.expire, proposal_id=proposal_id, now=now)
            missed, lapse = self._tables.change(expire)
            if lapse:
                yield lapse
            for login in missed:
                self._outcomes.record_miss(login, now)

    def withdraw(self, proposal_id: str, now: float) -> Lapse | None:
        """End a proposal for which nobody is to be blamed: all go on searching."""

        def decide(step: Step) -> Lapse | None:
            proposal = proposals.find(step, proposal_id)
            return proposals.end(step, proposal.lapse([], now)) if proposal else None

        return self._tables.change(decide)
