"""What all connections of a gateway process share, and what is done for them meanwhile."""

import logging
import time
import uuid
from collections.abc import Callable

import eventlet

from extensions import request_id
from extensions.errors import RateLimited
from extensions.observability import health
from extensions.rpc.policy import rpc_timeout
from gateway import metrics
from gateway.broker.command_batcher import CommandBatcher
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.broker.event_subscriber import EventSubscriber
from gateway.broker.presence_reconciler import PresenceReconciler
from gateway.broker.resync import Resync
from gateway.broker.retry_queue import RetryQueue
from gateway.broker.services import Games, Services
from gateway.connection.connection import Connection
from gateway.connection.websocket import WebSocket
from gateway.http.readiness import ROUND, Readiness
from gateway.protocol import close_codes
from gateway.protocol.limits import Limits, is_on
from searcher.exceptions import SearchAlreadyStarted

_log = logging.getLogger(__name__)

RENEW_INTERVAL = 3.0
FILLED_AT_ONCE = RECONNECTED_AT_ONCE = 16
LOST_SEARCH_PATIENCE = 2.0


class Gateway:
    """One gateway process."""

    def __init__(self, config):
        self.id = uuid.uuid4().hex
        self.ping_interval = float(config["PING"])
        self.services = Services(config)
        self.games = Games(self.services)
        self.limits = Limits(is_on(config["RATE_LIMITS"]))
        self.commands = CommandBatcher(
            lambda commands: self.services.sessions.execute_many(commands), rpc_timeout(config)
        )
        self.inbox = EventSubscriber(config["AMQP_URI"], float(config["HEARTBEAT"]), self._resume)
        self.health = self.services.health
        self.health.add(self.inbox.health)
        self.departures = DisconnectNotifier(self.services)
        self.rpc_timeout = rpc_timeout(config)
        self.doubts = PresenceReconciler(self.rpc_timeout)
        self.catching_up = Resync(self.services)
        self.readiness = Readiness(self.services)
        self.connections: set[Connection] = set()
        self._reconnecting = RetryQueue("connections to sessions", self._reconnect)
        self._lease = float(config["GATEWAY_LEASE"])
        self._renewed_at = time.monotonic()
        self.stopping = False

    def start(self) -> None:
        """Connect to the broker and begin the background work."""
        metrics.OUTBOX.set_function(lambda: sum(each.unsent for each in self.connections))
        metrics.COMMANDS_WAITING.set_function(lambda: self.commands.waiting)
        eventlet.spawn_n(self.inbox.run)
        self.services.start()
        # Side by side: a service that does not answer must not cost the leases of the others.
        for name, keep in (
            ("renew_sessions", self._keep_sessions), ("renew_rooms", self._keep_rooms),
            ("renew_searches", self._keep_searches),
        ):
            loop = self.health.watch(name, RENEW_INTERVAL)
            health.attach(eventlet.spawn(self._renew, keep, loop), loop)
        eventlet.spawn_n(self.readiness.run, self.health.watch("ask_services", ROUND))

    def serve(self, ws, address: str) -> None:
        """Serve the WebSocket of a client at this address until it ends."""
        connection = Connection(self, WebSocket(ws), address)
        self.connections.add(connection)
        metrics.SOCKETS.inc()
        try:
            connection.serve()
        finally:
            self.connections.discard(connection)
            metrics.SOCKETS.dec()

    def stop(self, patience: float) -> None:
        """Tell every client to go elsewhere, and wait until they have."""
        self.stopping = True
        for connection in list(self.connections):
            connection.close_after_answers(close_codes.GOING_AWAY, "the server is going away: reconnect")
        with eventlet.Timeout(patience, False):
            while self.connections or not self.departures.all_told:
                eventlet.sleep(0.05)

    def came(self, connection: Connection) -> None:
        """A connection has become a player's: rooms that lapse without one are kept."""
        eventlet.spawn_n(self._keep_rooms, [connection.login])

    def unwell(self) -> tuple[list[str], list[str]]:
        """What does not answer, services or the broker, by name; and what ails, in sentences."""
        if self.stopping:
            return ["gateway"], []
        ailing = [f"gateway: {sentence}" for sentence in self.health.problems()]
        if not self.inbox.up:
            return ["broker"], ailing
        silent, said = self.readiness.unwell()
        return silent, ailing + said

    def _resume(self, deaf_since: float) -> None:
        self.catching_up.begin(self.connections, deaf_since)
        # Many at a time, and none to which nothing more can have happened: players wait for it.
        filling = eventlet.GreenPool(FILLED_AT_ONCE)
        for connection in list(self.connections):
            for follower in list(connection.followers.values()):
                if not follower.ended:
                    filling.spawn_n(follower.fill)

    def _renew(self, keep: Callable[[], None], loop: health.LoopHealth) -> None:
        while True:
            try:
                keep()
            except Exception as error:  # the next round may do better
                loop.failed(error)
            else:
                loop.succeeded()
            eventlet.sleep(RENEW_INTERVAL)

    def _keep_sessions(self) -> None:
        asked_at = time.monotonic()
        known = self.services.sessions.renew(self.id)
        # The answer that it was lost may itself have been lost: then it had no other for so long.
        known = known and time.monotonic() - self._renewed_at <= self._lease
        self._renewed_at = asked_at
        if not known:
            followed = [
                (follower.ended, each, follower.session_id)
                for each in self.connections for follower in each.followers.values()
            ]
            followed.sort(key=lambda each: each[0])  # what is being played first: a grace runs
            # Meanwhile the lease is renewed: of many connections it would be lost again.
            self._reconnecting.add(*((each, session_id) for _, each, session_id in followed))

    def _reconnect(self, batch: list[tuple[Connection, str]]) -> None:
        pool, errors = eventlet.GreenPool(RECONNECTED_AT_ONCE), []

        def reconnect(connection: Connection, session_id: str) -> None:
            try:
                connection.reconnect(session_id)
                batch.remove((connection, session_id))
            except Exception as error:
                errors.append(error)

        for each in list(batch):
            pool.spawn_n(reconnect, *each)
            if errors:
                break  # where nothing is answered, it is not waited for all of them in vain
        pool.waitall()
        if errors:
            raise errors[0]

    def _keep_rooms(self, logins: list[str] | None = None) -> None:
        logins = logins or list({each.login for each in self.connections if each.login})
        if logins:
            self.services.rooms.renew(logins)

    def _keep_searches(self) -> None:
        # One that is being started is not there yet, and would be taken for lost.
        searching = {
            each.login: each for each in self.connections
            if each.searching and not each.search_lock.locked()
        }
        if not searching:
            return
        lost = self.services.searcher.renew({login: each.id for login, each in searching.items()})
        for login in lost:
            eventlet.spawn_n(self._search_again, searching[login], searching[login].searching)

    def _search_again(self, connection: Connection, search: dict | None) -> None:
        # It may just have found somebody, and the event of it be on its way.
        eventlet.sleep(LOST_SEARCH_PATIENCE)
        try:
            with connection.search_lock:
                if search is None or connection.closed or connection.searching is not search:
                    return
                if not self.catching_up.tell_found(connection):
                    with request_id.scope(connection.searching_by):  # the same one, to all who know it
                        connection.search(search)
        except (SearchAlreadyStarted, RateLimited):
            connection.searching = None  # another connection's search, or none for a while
        except Exception as error:  # the next round may do better
            _log.warning("A search that was lost could not be started again: %r", error)
