"""The searcher service: starts and stops searches, and brings together who meets."""

import logging

from nameko.dependency_providers import Config
from nameko.rpc import rpc
from nameko.timer import timer

from extensions import health
from extensions.clock import Clock
from extensions.rpc import RpcProxy
from searcher import events, schemas
from searcher.dependencies import Publisher, Store
from searcher.exceptions import SearchAlreadyStarted, SearchNotStarted
from searcher.matching import Request
from sessions.exceptions import GameNotFound, InvalidOptions

_log = logging.getLogger(__name__)

LEASE = 15.0  # seconds that a search lives on without its gateway renewing it
HALF_WAY_AFTER = 3.0  # seconds until a pairing without a session is taken up again


class SearcherService(health.Answering):
    """Finds opponents for players who search for one."""

    name = "searcher"

    config = Config()
    store = Store()
    announce = Publisher(events.EXCHANGE)
    sessions = RpcProxy("sessions")
    clock = Clock()

    @rpc(expected_exceptions=(SearchAlreadyStarted, GameNotFound, InvalidOptions))
    def start(self, login, game, options, rating, rating_range=None, connection_id=None):
        """Search for an opponent: `{status: "searching"}`, or who was found at once.

        The search belongs to the connection that is named; without one it lives for as long as
        its player asks how it stands.
        """
        complete = self.sessions.complete_options(game, options)
        now = self.clock()
        if self.store.request_of(login) or self.store.pairing_of(login):
            raise SearchAlreadyStarted.of(f"{login} searches for an opponent already", login=login)
        pairing = self.store.add(
            Request(
                login, game, complete["options"], rating, rating_range, now, connection_id,
                now + self._lease(connection_id),
            ),
            now,
        )
        session_id = self._begin_session(pairing) if pairing else None
        if session_id is None:
            return {"status": "searching"}
        return schemas.found(pairing, session_id, login)

    @rpc(expected_exceptions=(SearchNotStarted,))
    def stop(self, login, connection_id=None):
        """End a player's search; given a connection, only where the search belongs to it."""
        if self.store.remove(login, connection_id) is None:
            raise SearchNotStarted.of(f"{login} does not search for an opponent", login=login)

    @rpc
    def status(self, login):
        """How a player's search stands; asking keeps one alive that belongs to no connection."""
        now = self.clock()
        request = self.store.request_of(login)
        if request is None:
            pairing = self.store.pairing_of(login)
            return schemas.beginning(pairing, now) if pairing else {"status": "idle"}
        if request.connection_id is None:
            self.store.renew({login: None}, now + self._lease(None))
        return schemas.searching(
            request, now, self.store.searching(request.pool), self.store.estimate(request.pool)
        )

    @rpc
    def renew(self, searches):
        """Keep alive what a gateway's connections search for: `{login: connection}`.

        Answers the logins that do not search, or not for this connection.
        """
        return self.store.renew(searches, self.clock() + LEASE)

    @timer(interval=1)
    def pair(self):
        """Bring together who meets by now, having waited."""
        for pairing in self.store.pair_all(self.clock()):
            self._begin_session(pairing)

    @timer(interval=1)
    def sweep(self):
        """End the searches that lead nowhere, and drop those whose player has gone."""
        now = self.clock()
        self.store.lapsed(now)
        gone = self.store.expired(now - self.config["SEARCH_EXPIRY"])
        if gone:
            self.announce([schemas.expired(request, now) for request in gone])

    @timer(interval=1)
    def take_up_half_way(self):
        """Begin the sessions of pairings that were taken when something died."""
        for pairing in self.store.half_way(self.clock() - HALF_WAY_AFTER):
            self._begin_session(pairing)

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

    def _lease(self, connection_id):
        return LEASE if connection_id else max(float(self.config["GRACE"]), 1.0)
