"""The searcher service: starts and stops searches, and brings together who meets."""


from nameko.rpc import rpc

from auth.exceptions import require_playable
from extensions import request_id, service_base
from extensions.amqp.durable_consumer import consume
from extensions.clock_provider import Clock
from extensions.errors import StorageAway
from extensions.observability.gauges import gauges
from extensions.rpc.client import RpcProxy
from extensions.rpc.ttl_cache import TtlCacheProvider
from extensions.timers import timer
from searcher import events, expiry, metrics, schemas, session_results
from searcher.dependencies import SearchStoreProvider
from searcher.event_publisher import EventPublisher, EventPublisherProvider
from searcher.exceptions import START_REFUSALS, ProposalNotFound, SearchNotStarted
from searcher.search import Options, Search
from searcher.session_starter import SessionsApi, SessionStarter
from searcher.storage import SearchStore

LEASE_SECONDS = 15.0  # for which a search lives on that its gateway does not renew


class SearcherService(service_base.Service):
    """Finds opponents for players who search for them."""

    name = "searcher"

    store: SearchStore = SearchStoreProvider()
    publisher: EventPublisher = EventPublisherProvider(events.EXCHANGE)
    sessions: SessionsApi = RpcProxy("sessions")
    options_cache = TtlCacheProvider(seconds=10, size=1000)
    clock = Clock()

    @property
    def session_starter(self) -> SessionStarter:
        return SessionStarter(self.store, self.publisher, self.sessions, self.clock)

    @rpc(expected_exceptions=START_REFUSALS)
    def start(
        self, login: str, game: str, options: Options, rating: float,
        rating_range: float | None = None, connection_id: str | None = None, guest: bool = False,
        avoids: tuple[str, ...] = (), seats: int = 2,
    ) -> schemas.SearchStarted | schemas.SearchFound:
        """Search for opponents, to be `seats` players together; return who was found at once.

        It belongs to the connection that is named, or lives while its player asks for its status.
        Refused in the pause after a missed proposal. Served again, it starts no other search.
        """
        complete = self.options_cache.call(self.sessions.complete_options, game, options, seats)
        require_playable(login, guest, complete["options"])
        now = self.clock()
        search = Search(
            login, game, complete["options"], rating, rating_range, now, connection_id,
            now + self._lease_seconds(connection_id), request_id=request_id.idempotency_key(),
            avoids=tuple(avoids), seats=seats,
        )
        met = self.store.add(search, now)
        session_id = self.session_starter.bring_together(met) if met else None
        return schemas.started(met, session_id, login)

    @rpc(expected_exceptions=(SearchNotStarted,))
    def stop(self, login: str, connection_id: str | None = None) -> None:
        """End a player's search; given a connection, only where the search belongs to it.

        A proposal that stands is declined.
        """
        lapse = self.store.proposals.decline(login, connection_id, self.clock())
        removed = self.store.remove(login, connection_id)
        if lapse is not None:
            self.publisher.send_or_keep(schemas.lapsed(lapse, self.clock()))
        elif connection_id is None:  # also where there is no search: none is to be started again
            ended = removed.request_id if removed else None
            self.publisher.send_or_keep([schemas.stopped(login, self.clock(), ended)])
        if lapse is None and removed is None:
            raise SearchNotStarted.of(f"{login} does not search for an opponent", login=login)

    @rpc(expected_exceptions=(ProposalNotFound,))
    def accept(self, login: str, proposal_id: str) -> schemas.MatchAccepted:
        """Accept a proposal; when all players have, their session begins."""
        pairing = self.store.proposals.accept(login, proposal_id, self.clock())
        if pairing is not None:
            self.session_starter.begin_session(pairing)
        return {"status": "accepted"}

    @rpc
    def status(self, login: str) -> schemas.Searching | schemas.SearchIdle:
        """Return how a player's search stands; keep it alive where it belongs to no connection."""
        now = self.clock()
        search = self.store.search_of(login)
        if search is None:
            return schemas.beginning(self.store.pairing_of(login), login, now)
        if search.connection_id is None:
            self.store.renew({login: None}, now + self._lease_seconds(None))
        return schemas.searching(
            search, now, self.store.count_searching(search, now), self.store.estimate(search.pool)
        )

    @rpc
    def window(self, login: str) -> schemas.SearchWindow:
        """Return how many points away from the player an opponent may be by now."""
        return schemas.window(self.store.search_of(login), self.clock(), self.store.windows)

    @rpc
    def renew(self, searches: dict[str, str]) -> list[str]:
        """Keep searches alive, as `{login: connection}`; return whose search is not there."""
        return self.store.renew(searches, self.clock() + LEASE_SECONDS)

    @consume(session_results.QUEUE, transient_errors=StorageAway)
    def note_result(self, message: object) -> None:
        """Keep two players apart who have just aborted twice."""
        result = session_results.parse(message)
        if len(result.players) == 2:
            now = self.clock()
            self.store.aborted.record(result.players, result.session_id, result.was_aborted, now)

    @timer(interval=1)
    def pair(self) -> None:
        """Match every compatible pair or group that is due."""
        for met in self.store.match_all(self.clock()):
            self.session_starter.bring_together(met)

    @timer(interval=1)
    def sweep(self) -> None:
        """End the searches and proposals that lead nowhere, and those whose player is gone."""
        if self.store.is_empty():
            return
        now = self.clock()
        for lapse in self.store.proposals.expire(now):
            self.publisher.send_or_keep(schemas.lapsed(lapse, now))
        # Before that, gateways may not have been able to renew.
        if self.publisher.connected_seconds() >= LEASE_SECONDS:
            self.store.drop_abandoned(now)
        expiry.expire_searches(self.store, self.publisher, now - self.settings.search_expiry, now)

    @timer(interval=1)
    def finish_unfinished(self) -> None:
        """Resume proposals and pairings that a dead process left."""
        self.session_starter.finish_unfinished(self.settings.search_expiry)

    @gauges(*metrics.GAUGES)
    def collect_gauges(self) -> None:
        """Set the gauges of who waits, and for how long."""
        metrics.show(self.store.statistics(), self.clock())

    def _lease_seconds(self, connection_id: str | None) -> float:
        return LEASE_SECONDS if connection_id else max(self.settings.grace, 1.0)
