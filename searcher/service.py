"""The searcher service: starts and stops searches, and brings together who meets."""

import logging

from nameko.rpc import rpc

from extensions import request_id, service_base
from extensions.amqp.durable_consumer import consume
from extensions.clock import Clock
from extensions.errors import RateLimited, StorageAway
from extensions.fault_points import Point, before
from extensions.observability.monitoring import gauges
from extensions.rpc.client import RpcProxy
from extensions.timers import timer
from searcher import events, metrics, results, schemas
from searcher.dependencies import NotPublished, Publisher, Store
from searcher.exceptions import ProposalNotFound, SearchAlreadyStarted, SearchNotStarted
from searcher.matching import Request
from searcher.ready_check import Proposal
from sessions.exceptions import GameNotFound, InvalidOptions

_log = logging.getLogger(__name__)

BROUGHT_TOGETHER = 2  # players
LEASE = 15.0  # seconds that a search lives on without its gateway renewing it
HALF_WAY_AFTER = 3.0  # seconds until what was begun and not brought to its end is taken up again


class SearcherService(service_base.Service):
    """Finds opponents for players who search for one."""

    name = "searcher"

    store = Store()
    announce = Publisher(events.EXCHANGE)
    sessions = RpcProxy("sessions")
    clock = Clock()

    @rpc(expected_exceptions=(SearchAlreadyStarted, RateLimited, GameNotFound, InvalidOptions))
    def start(self, login, game, options, rating, rating_range=None, connection_id=None):
        """Search for an opponent: `{status: "searching"}`, or who was found at once.

        The search belongs to the connection that is named; without one it lives for as long as
        its player asks how it stands. Refused in the pause after a missed proposal. The same call,
        served again, starts no other search.
        """
        complete = self.sessions.complete_options(game, options, BROUGHT_TOGETHER)
        now = self.clock()
        request = Request(
            login, game, complete["options"], rating, rating_range, now, connection_id,
            now + self._lease(connection_id), call_id=request_id.idempotency_key(),
        )
        try:
            met = self.store.add(request, now)
        except SearchAlreadyStarted:
            if not self._is_of_call(login, request.call_id):
                raise
            met = self.store.pairing_of(login)
        session_id = self._bring_together(met) if met else None
        if session_id is None:
            return {"status": "searching"}
        return schemas.found(met, session_id, login)

    @rpc(expected_exceptions=(SearchNotStarted,))
    def stop(self, login, connection_id=None):
        """End a player's search; given a connection, only where the search belongs to it.

        A proposal that stands is declined.
        """
        now = self.clock()
        lapse = self.store.decline(login, connection_id, now)
        removed = self.store.remove(login, connection_id)
        if lapse is not None:
            self._tell_lapse(lapse, now)
        elif connection_id is None:  # also where there is no search: none is to be started again
            self._tell([schemas.stopped(login, now, removed.call_id if removed else None)])
        if lapse is None and removed is None:
            raise SearchNotStarted.of(f"{login} does not search for an opponent", login=login)

    @rpc(expected_exceptions=(ProposalNotFound,))
    def accept(self, login, proposal_id):
        """Accept a proposal; when both players have, their session begins."""
        pairing = self.store.accept(login, proposal_id, self.clock())
        if pairing is not None:
            self._begin_session(pairing)
        return {"status": "accepted"}

    @rpc
    def status(self, login):
        """How a player's search stands; asking keeps one alive that belongs to no connection."""
        now = self.clock()
        request = self.store.request_of(login)
        if request is None:
            pairing = self.store.pairing_of(login)
            return schemas.beginning(pairing, login, now) if pairing else {"status": "idle"}
        if request.connection_id is None:
            self.store.renew({login: None}, now + self._lease(None))
        return schemas.searching(
            request, now, self.store.searching(request.pool), self.store.estimate(request.pool)
        )

    @rpc
    def window(self, login):
        """How far from the player's own rating an opponent may be by now: `{window: points}`.

        Null once anybody will do, and where the player does not search.
        """
        return schemas.window(self.store.request_of(login), self.clock(), self.store.windows)

    @rpc
    def renew(self, searches):
        """Keep alive what a gateway's connections search for: `{login: connection}`.

        Answers the logins that do not search, or not for this connection.
        """
        return self.store.renew(searches, self.clock() + LEASE)

    @consume(results.QUEUE, transient_errors=StorageAway)
    def note_result(self, message):
        """Keep two players apart who have just aborted twice."""
        result = results.read(message)
        if len(result.players) == 2:
            self.store.note_ended(
                result.players, result.session_id, result.was_aborted, self.clock()
            )

    @timer(interval=1)
    def pair(self):
        """Bring together who meets by now, having waited."""
        for met in self.store.pair_all(self.clock()):
            self._bring_together(met)

    @timer(interval=1)
    def sweep(self):
        """End the searches and proposals that lead nowhere, and those whose player has gone."""
        now = self.clock()
        for lapse in self.store.unready(now):
            self._tell_lapse(lapse, now)
        # Before that, gateways may not have been able to renew.
        if self.announce.connected_seconds() >= LEASE:
            self.store.lapsed(now)
        gone = self.store.expired(now - self.settings.search_expiry)
        try:
            if gone:
                self.announce([schemas.expired(request, now) for request in gone])
        except NotPublished as error:  # nobody's search ends in silence
            _log.warning("%d searches will expire later: %s", len(gone), error)
            self.store.put_back(gone)

    @timer(interval=1)
    def take_up_half_way(self):
        """Begin the sessions of pairings that were taken when something died; or give them up.

        And tell of the proposals of which nobody may have been told.
        """
        now = self.clock()
        for proposal in self.store.untold(now - HALF_WAY_AFTER, now):
            self._propose(proposal)
        for pairing in self.store.half_way(now - HALF_WAY_AFTER):
            if pairing.taken_at > now - self.settings.search_expiry:
                self._begin_session(pairing)
            elif self.store.complete(pairing.pairing_id):
                self._tell(schemas.given_up(pairing, now))

    @gauges(
        metrics.WAITING, metrics.LONGEST, metrics.PROPOSALS, expected_exceptions=StorageAway
    )
    def look(self):
        """Say who waits, and for how long."""
        metrics.show(self.store.waiting(), self.store.proposals(), self.clock())

    def _is_of_call(self, login, call_id):
        request, pairing = self.store.request_of(login), self.store.pairing_of(login)
        known = (request.call_id,) if request else pairing.calls if pairing else ()
        return call_id is not None and call_id in known

    def _bring_together(self, met):
        """Propose two players to each other, or begin their session: its id."""
        if isinstance(met, Proposal):
            return self._propose(met)
        return self._begin_session(met)

    def _propose(self, proposal):
        now = self.clock()
        try:
            self.announce([schemas.match_proposed(proposal, now)])
            self.store.note_told(proposal.proposal_id)
        except StorageAway as error:
            _log.warning("The proposal %s may be told again: %s", proposal.proposal_id, error)
        except NotPublished as error:  # nobody misses what they were not told of
            _log.warning("The proposal %s is withdrawn: %s", proposal.proposal_id, error)
            lapse = self.store.withdraw(proposal.proposal_id, now)
            if lapse is not None:
                self._tell_lapse(lapse, now)

    @before(Point.PAIRING_TAKEN)
    def _begin_session(self, pairing):
        try:
            session_id = self.sessions.create(
                pairing.pairing_id, pairing.game, pairing.options, list(pairing.players)
            )
            self.announce(schemas.opponent_found(pairing, session_id, self.clock()))
        except Exception as error:  # whatever it was: the pairing is kept, and taken up again
            _log.warning("The pairing %s will be taken up again: %r", pairing.pairing_id, error)
            return None
        self.store.complete(pairing.pairing_id)
        return session_id

    def _tell_lapse(self, lapse, now):
        out = [lapse.proposal.of(login) for login in lapse.out]
        stops = [schemas.stopped(request.login, now, request.call_id) for request in out]
        self._tell([*stops, *schemas.match_lapsed(lapse, now)])

    def _tell(self, notices):
        try:
            self.announce(notices)
        except NotPublished as error:
            _log.warning("%d notices will be announced later: %s", len(notices), error)
            # But no stop: another search may have been started until then.
            self.announce.later([each for each in notices if each.event != events.STOPPED])

    def _lease(self, connection_id):
        return LEASE if connection_id else max(self.settings.grace, 1.0)
