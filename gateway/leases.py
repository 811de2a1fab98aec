"""Renews what the connections of this gateway hold in the services."""

import logging
import time
from collections.abc import Callable, Collection

import eventlet

from extensions.observability import health
from extensions.settings.combinations import RENEW_INTERVAL_SECONDS
from gateway.broker.retry_queue import RetryQueue
from gateway.broker.service_apis import RoomsApi, SearcherApi, SessionsApi
from gateway.connected_players import ConnectedPlayers
from gateway.connection.connection import Connection
from gateway.connection.search import ActiveSearch
from gateway.connection.session_subscriptions import SessionSubscriptions
from sessions.exceptions import GAME_ERRORS

_log = logging.getLogger(__name__)

MAX_CONCURRENT_RECONNECTS = 16
ARRIVALS_DELAY_SECONDS = 0.1  # in which players who connect are gathered for one call
LOST_SEARCH_DELAY_SECONDS = 2.0  # the event of a search that has just ended may be on its way


def start_renewing(name: str, renew: Callable[[], None], process: health.ProcessHealth) -> None:
    """Renew for ever, in a greenthread of its own that is part of the health of the process."""
    loop = process.watch(name, RENEW_INTERVAL_SECONDS)

    def renew_forever() -> None:
        while True:
            try:
                renew()
            except Exception as error:  # the next one may succeed
                loop.failed(error)
            else:
                loop.succeeded()
            eventlet.sleep(RENEW_INTERVAL_SECONDS)

    health.attach(eventlet.spawn(renew_forever), loop)


class SessionLease:
    """The lease of this gateway at the session service.

    When it has run out, the service has disconnected all connections: they are connected again.
    """

    def __init__(
        self, sessions: SessionsApi, connections: Collection[Connection], gateway_id: str,
        lease_seconds: float,
    ) -> None:
        self._sessions, self._connections = sessions, connections
        self._gateway_id, self._lease_seconds = gateway_id, lease_seconds
        self._renewed_at = time.monotonic()
        self._reconnecting = RetryQueue("connections to sessions", self._reconnect)

    @property
    def is_reconnecting(self) -> bool:
        """Whether connections are being connected again."""
        return not self._reconnecting.idle

    def renew(self) -> None:
        """Renew the lease, and start to connect again if it had run out."""
        asked_at = time.monotonic()
        is_known = self._sessions.renew(self._gateway_id)
        # An answer that it had run out may have been lost; then there was no answer for as long.
        is_known = is_known and time.monotonic() - self._renewed_at <= self._lease_seconds
        self._renewed_at = asked_at
        if not is_known:
            subscriptions = [
                (subscription.ended, each.subscriptions, subscription.session_id)
                for each in self._connections for subscription in each.subscriptions
            ]
            # Sessions under way first, as their players are about to lose by being absent.
            subscriptions.sort(key=lambda each: each[0])
            # Not here: with many connections the lease would run out again in the meantime.
            self._reconnecting.add(*(each[1:] for each in subscriptions))

    def _reconnect(self, batch: list[tuple[SessionSubscriptions, str]]) -> None:
        pool = eventlet.GreenPool(MAX_CONCURRENT_RECONNECTS)
        errors: list[Exception] = []
        refusals: list[Exception] = []

        def reconnect(subscriptions: SessionSubscriptions, session_id: str) -> None:
            try:
                subscriptions.reconnect(session_id)
                batch.remove((subscriptions, session_id))
            except GAME_ERRORS as error:  # of this session, which is to keep no other waiting
                refusals.append(error)
            except Exception as error:
                errors.append(error)

        for each in list(batch):
            pool.spawn_n(reconnect, *each)
            if errors:
                break  # where nothing is answered, not all need to wait in vain
        pool.waitall()
        if errors or refusals:
            raise (errors or refusals)[0]


class RoomLease:
    """The lease of players with a connection: rooms close when none of their members has one.

    What it costs grows with the open rooms and with the players who connect, not with those who
    are connected.
    """

    def __init__(self, rooms: RoomsApi, players: ConnectedPlayers) -> None:
        self._rooms, self._players = rooms, players
        self._arrived: set[str] = set()

    def renew(self) -> None:
        """Renew the leases that are due of players of this gateway who are in open rooms."""
        after: tuple[float, str] | None = None
        while self._players:
            page = self._rooms.expiring_members(after)
            if own := self._players.among(page["logins"]):
                self._rooms.renew(own)
            after = page["next"]
            if after is None:
                return

    def renew_soon(self, login: str) -> None:
        """Renew the lease of a player who has just connected, without waiting."""
        if not self._arrived:
            eventlet.spawn_after(ARRIVALS_DELAY_SECONDS, self._renew_arrived)
        self._arrived.add(login)

    def _renew_arrived(self) -> None:
        logins, self._arrived = list(self._arrived), set()
        try:
            self._rooms.renew(logins)
        except Exception as error:  # they are renewed when their leases are due
            _log.warning("Leases of players who have connected were not renewed: %r", error)


class SearchLease:
    """The lease of searches that belong to connections; a search that was lost is started again."""

    def __init__(
        self, searcher: SearcherApi, connections: Collection[Connection],
        deliver_result: Callable[[Connection], bool],
    ) -> None:
        """Take what tells a connection of a session that its search has led to, if it has."""
        self._searcher, self._connections = searcher, connections
        self._deliver_result = deliver_result

    def renew(self) -> None:
        """Renew the lease of all searches, and restart those that the searcher does not know."""
        searches = {
            search.login: (each, search) for each in self._connections
            if (search := each.search.renewable) is not None
        }
        if not searches:
            return
        lost = self._searcher.renew({login: each.id for login, (each, _) in searches.items()})
        for login in lost:
            eventlet.spawn_n(self.restart, *searches[login])

    def restart(self, connection: Connection, lost: ActiveSearch) -> None:
        """Start a search again, unless it has ended in the meantime."""
        eventlet.sleep(LOST_SEARCH_DELAY_SECONDS)
        try:
            connection.search.restart(lost, lambda: self._deliver_result(connection))
        except Exception as error:  # the next renewal may succeed
            _log.warning("A lost search could not be started again: %r", error)
