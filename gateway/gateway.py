"""One gateway process, put together."""

import uuid
from collections.abc import Callable
from functools import partial
from socket import socket

import eventlet
from eventlet.event import Event

from extensions.observability.health import ProcessHealth
from extensions.settings import Settings
from gateway import leases, metrics
from gateway.broker.batched_calls import BatchedCalls
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.broker.event_subscriber import EventSubscriber
from gateway.broker.games import Games
from gateway.broker.presence_reconciler import PresenceReconciler
from gateway.broker.services import Services
from gateway.broker.turns import Turns
from gateway.clients import HttpClient, SocketClient
from gateway.connected_players import ConnectedPlayers
from gateway.connection.arrivals import Arrivals
from gateway.connection.connection import Connection
from gateway.connection.pings import Pings
from gateway.connection.websocket import WebSocket
from gateway.http.drawings import Drawings
from gateway.http.readiness import PING_INTERVAL_SECONDS, Readiness, Report
from gateway.leases import RoomLease, SearchLease, SessionLease
from gateway.methods.call import HandlerCall
from gateway.methods.registration import Registration
from gateway.missed_events import MissedEvents
from gateway.presence_lease import PresenceLease
from gateway.protocol import dispatch
from gateway.protocol.rate_limits import Limits

STOP_POLL_INTERVAL_SECONDS = 0.05


class Gateway:
    """What all connections of a process share."""

    def __init__(self, settings: Settings) -> None:
        self.id = uuid.uuid4().hex
        self.connections: set[Connection] = set()
        self.stopping = False
        self._pings = Pings(settings.ping)
        self._anonymous_timeout = settings.anonymous_timeout
        self._services = services = Services(settings)
        self._is_limited = settings.rate_limits
        self._limits = Limits(settings.rate_limits, settings.password_checks)
        rpc_timeout = settings.rpc_timeout
        self._batched_calls = BatchedCalls(
            services.auth, services.sessions, services.execute_many, rpc_timeout
        )
        self._subscriber = EventSubscriber(
            settings.amqp_uri, settings.heartbeat, self._fetch_missed
        )
        self._arrivals = Arrivals()
        self._reconciler = PresenceReconciler(rpc_timeout)
        self._notifier = DisconnectNotifier(services.sessions, services.searcher)
        self._missed_events = MissedEvents(services.auth, services.sessions)
        self._players = ConnectedPlayers()
        self._room_lease = RoomLease(services.rooms, self._players)
        self._presence_lease = PresenceLease(services.accounts, self._players, self.id)
        self._search_lease = SearchLease(
            services.searcher, self.connections, self._missed_events.deliver_search_result
        )
        self._session_lease = SessionLease(
            services.sessions, self.connections, self.id, settings.gateway_lease
        )
        self.drawings = Drawings()
        self._readiness = Readiness(services.ping)
        self._make_call = partial(
            HandlerCall, services=services, games=Games(services.sessions, self.drawings.shown),
            commands=self._batched_calls.commands, limits=self._limits, registration=Registration(
                services.auth, services.accounts, self._limits, rpc_timeout
            ), turns=Turns(rpc_timeout, settings.rate_limits),
        )

    def start(self) -> None:
        """Connect to the broker, which blocks until it answers, and start the background work."""
        metrics.UNSENT_MESSAGES.set_function(
            lambda: sum(each.unsent_messages for each in self.connections)
        )
        commands = self._batched_calls.commands
        metrics.READY.set_function(lambda: not any(self.last_readiness()))
        metrics.WAITING_COMMANDS.set_function(lambda: commands.waiting)
        process = self.health
        process.add(self._subscriber.health)
        eventlet.spawn_n(self._subscriber.run)
        self._services.start()
        # In loops of their own: a service that does not answer must not cost the others' leases.
        leases.start_renewing("renew_sessions", self._session_lease.renew, process)
        leases.start_renewing("renew_rooms", self._room_lease.renew, process)
        leases.start_renewing("renew_presence", self._presence_lease.renew, process)
        leases.start_renewing("renew_searches", self._search_lease.renew, process)
        eventlet.spawn_n(self._readiness.run, process.watch("ask_services", PING_INTERVAL_SECONDS))
        process.serves = True

    def serve(self, client_socket: socket, address: str, on_left: Callable[[], None]) -> None:
        """Serve a client on a WebSocket after the handshake; does not wait for its end.

        `on_left` is called when nothing is left of the connection.
        """
        connection = Connection(
            WebSocket(client_socket, self._is_limited), address,
            gateway_id=self.id, pings=self._pings,
            services=self._services, batched_calls=self._batched_calls, subscriber=self._subscriber,
            arrivals=self._arrivals, reconciler=self._reconciler, notifier=self._notifier,
            on_player=lambda login: self._note_player(login, connection),
            check_login=self._missed_events.check_login,
            anonymous_timeout=self._anonymous_timeout,
        )
        client = SocketClient(connection, self._limits, self._make_call)
        self.connections.add(connection)
        metrics.SOCKETS.inc()
        connection.start(
            partial(dispatch.Served, client=client), partial(self._forget, connection, on_left)
        )
        if self.stopping:
            connection.send_away()

    def answer(self, message: bytes, address: str, token: str | None) -> dispatch.Answer:
        """Answer a request by HTTP, with the bearer token that it came with, if any."""
        client = HttpClient(address, token, self._services.auth, self._limits, self._make_call)
        answered: Event = Event()
        dispatch.Served(message, client).serve(answered.send)
        answer: dispatch.Answer = answered.wait()
        return answer

    def stop(self, timeout_seconds: float) -> None:
        """Close all connections, asking clients to reconnect elsewhere, and wait for them."""
        self.stopping, self.health.serves = True, False
        for connection in list(self.connections):
            connection.send_away()
        with eventlet.Timeout(timeout_seconds, False):
            while self.connections or not self._notifier.idle:
                eventlet.sleep(STOP_POLL_INTERVAL_SECONDS)

    @property
    def health(self) -> ProcessHealth:
        """The health of this process."""
        return self._services.health

    def readiness(self) -> Report:
        """Ask all services; return which do not answer, and what is wrong with any process."""
        return self._report(self._readiness.check)

    def last_readiness(self) -> Report:
        """Return the same by the last pings, at once."""
        return self._report(self._readiness.last_report)

    def await_stuck(self, timeout_seconds: float) -> list[str]:
        """Block until loops of this process are stuck, and return their names."""
        return self.health.await_stuck(timeout_seconds, self._services.reachable)

    def _report(self, report_services: Callable[[], Report]) -> Report:
        if self.stopping:
            return Report(["gateway"], [])
        own = [f"gateway: {problem}" for problem in self.health.problems()]
        if self._services.are_blocked or not self._subscriber.is_connected:
            return Report(["broker"], own)
        services = report_services()
        return Report(services.not_answering, own + services.problems)

    def _forget(self, connection: Connection, on_left: Callable[[], None]) -> None:
        self.connections.discard(connection)
        self._players.discard(connection)
        metrics.SOCKETS.dec()
        on_left()

    def _note_player(self, login: str, connection: Connection) -> None:
        if connection in self.connections:  # else it has ended meanwhile
            self._players.add(login, connection)
            self._room_lease.renew_soon(login)

    def _fetch_missed(self, missed_since: float) -> None:
        self._missed_events.fetch(self.connections, missed_since)
