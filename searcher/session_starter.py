"""Begins the session of those who have met, after all have been asked whether they are there."""

import logging
from collections.abc import Callable
from typing import Protocol

from extensions.amqp.publisher import NotPublished
from extensions.errors import StorageAway
from extensions.fault_points import Point, before
from searcher import schemas
from searcher.event_publisher import EventPublisher
from searcher.meetings import Meeting
from searcher.pairing import Pairing
from searcher.ready_check import Proposal
from searcher.search import Options
from searcher.storage import SearchStore

_log = logging.getLogger(__name__)

UNFINISHED_AFTER_SECONDS = 3.0  # until what was begun and not finished is taken up again


class SessionsApi(Protocol):
    """What the session service is asked for, by RPC."""

    def complete_options(
        self, game: str, options: Options, seats: int
    ) -> schemas.GameTerms: ...

    def create(self, key: str, game: str, options: Options, players: list[str]) -> str: ...


class SessionStarter:
    """Proposes players to each other, has their sessions begun, and tells them."""

    def __init__(
        self, store: SearchStore, publisher: EventPublisher, sessions: SessionsApi,
        clock: Callable[[], float],
    ):
        self._store = store
        self._publisher = publisher
        self._sessions = sessions
        self._clock = clock

    def bring_together(self, met: Meeting) -> str | None:
        """Propose players to each other, or begin their session and return its id."""
        if isinstance(met, Proposal):
            self.propose(met)
            return None
        return self.begin_session(met)

    def propose(self, proposal: Proposal) -> None:
        """Ask all players; where they can't be told, withdraw the proposal."""
        now = self._clock()
        try:
            self._publisher.send([schemas.match_proposed(proposal, now)])
            self._store.proposals.note_announced(proposal.proposal_id)
        except StorageAway as error:
            _log.warning("The proposal %s may be announced again: %s", proposal.proposal_id, error)
        except NotPublished as error:  # nobody misses what they were not told of
            _log.warning("The proposal %s is withdrawn: %s", proposal.proposal_id, error)
            if lapse := self._store.proposals.withdraw(proposal.proposal_id, now):
                self._publisher.send_or_keep(schemas.lapsed(lapse, now))

    @before(Point.PAIRING_TAKEN)
    def begin_session(self, pairing: Pairing) -> str | None:
        """Begin the session of a pairing, tell its players, and return its id.

        Where that fails the pairing stays in the store, and `finish_unfinished` takes it up.
        """
        try:
            session_id = self._sessions.create(
                pairing.pairing_id, pairing.game, pairing.options, list(pairing.players)
            )
            self._publisher.send(schemas.opponent_found(pairing, session_id, self._clock()))
        except Exception as error:  # whatever it was
            _log.warning("The session of %s will begin later: %r", pairing.pairing_id, error)
            return None
        self._store.complete(pairing.pairing_id)
        return session_id

    def finish_unfinished(self, give_up_seconds: float) -> None:
        """Take up what was left when something died, but for pairings that are so old."""
        if self._store.is_empty():
            return
        now = self._clock()
        for proposal in self._store.proposals.unannounced(now - UNFINISHED_AFTER_SECONDS, now):
            self.propose(proposal)
        for pairing in self._store.unfinished(now - UNFINISHED_AFTER_SECONDS):
            if pairing.taken_at > now - give_up_seconds:
                self.begin_session(pairing)
            elif self._store.complete(pairing.pairing_id):
                self._publisher.send_or_keep(schemas.given_up(pairing, now))
