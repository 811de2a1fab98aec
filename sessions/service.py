"""The session service: its dependencies and its entrypoints."""

from nameko.rpc import rpc

from extensions import clock_provider, service_base, timers
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.observability.gauges import gauges
from extensions.outbox.provider import OutboxProvider
from extensions.storage.database import Database
from sessions import dependencies, events, exceptions, metrics, schemas
from sessions.command_processor import CommandProcessor
from sessions.connect_processor import ConnectProcessor
from sessions.deadline_timer import DeadlineTimer
from sessions.models import Base, OutboxBatchRow, OutboxRow
from sessions.presence import Presence
from sessions.queries import SessionQueries
from sessions.retention import Retention
from sessions.session_creator import SessionCreator
from sessions.session_lists import SessionLists
from sessions.session_upgrades import SessionUpgrades
from sessions.shared_suspensions import SharedSuspensions


class SessionsService(service_base.Service):
    """Games under way and finished. Entrypoints are described at the methods that they call."""
    name = "sessions"
    entrypoint_logging = EntrypointLogging(quiet=("execute_many", "connect_many"))  # log each
    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base, events.DURABLE, OutboxBatchRow)
    clock = clock_provider.Clock()
    registry = dependencies.GameRegistryProvider()
    downtime_check = dependencies.DowntimeCheckProvider()
    recent_rows = dependencies.RecentRowsProvider()
    archive = dependencies.ArchiveProvider()

    @rpc
    def games(self) -> list[schemas.GameInfo]:
        return SessionQueries.of(self).games()

    @rpc(expected_exceptions=exceptions.OPTIONS_REFUSALS)
    def complete_options(self, game: str, options: schemas.Options, seats: int | None = None
                         ) -> schemas.CompleteOptions:
        return SessionQueries.of(self).complete_options(game, options, seats)

    @rpc(expected_exceptions=exceptions.CREATE_REFUSALS)
    def create(self, key: str, game: str, options: schemas.Options, players: list[str],
               private: bool = False) -> str:
        return SessionCreator.of(self).create(key, game, options, players, private)

    @rpc
    def list_started(self, logins: list[str], since: float, after: str = "") -> schemas.StartedPage:
        return SessionLists.of(self).list_started(logins, since, after)

    @rpc
    def full_players(self, logins: list[str]) -> schemas.FullPlayers:
        return SessionQueries.of(self).full_players(logins)

    @rpc(expected_exceptions=exceptions.REMATCH_REFUSALS)
    def rematch(self, session_id: str, login: str) -> schemas.RematchAnswer:
        return SessionCreator.of(self).rematch(session_id, login)

    @rpc(expected_exceptions=exceptions.COMMAND_REFUSALS)
    def execute(self, session_id: str, login: str, command: schemas.CommandBody, command_id: str,
                version: int | None = None, arrived: float | None = None,
                round_trip: float = 0.0) -> schemas.CommandResult:
        request = (session_id, login, command, command_id, version, arrived, round_trip)
        return CommandProcessor.of(self).execute(*request)

    @rpc
    def execute_many(self, commands: list[schemas.CommandRequest]) -> list[schemas.CommandAnswer]:
        return CommandProcessor.of(self).execute_many(commands)

    @rpc
    @dependencies.consume_deleted_guests
    def resign_all(self, login: str) -> None:
        CommandProcessor.of(self).resign_all(login)

    @rpc(expected_exceptions=exceptions.VIEW_REFUSALS)
    def get(self, session_id: str, viewer: str | None = None) -> schemas.SessionSnapshot:
        return SessionQueries.of(self).snapshot(session_id, viewer)

    @rpc(expected_exceptions=exceptions.VIEW_REFUSALS)
    def history(self, session_id: str, viewer: str | None = None, since: int = 0,
                limit: int | None = None, notation: bool = False) -> schemas.History:
        return SessionQueries.of(self).history(session_id, viewer, since, limit, notation)

    @rpc(expected_exceptions=exceptions.VIEW_REFUSALS)
    def initial_state(self, session_id: str, viewer: str | None = None) -> schemas.InitialState:
        return SessionQueries.of(self).initial_state(session_id, viewer)

    @rpc(expected_exceptions=exceptions.EXPORT_REFUSALS)
    def export(self, session_id: str, site: str = "Arbiter") -> schemas.GameExport:
        return SessionQueries.of(self).export(session_id, site)

    @rpc(expected_exceptions=exceptions.VIEW_REFUSALS)
    def connect(self, session_id: str, connection_id: str, gateway_id: str,
                login: str | None = None, since: int | None = None) -> schemas.Connected:
        processor = ConnectProcessor.of(self)
        return processor.connect(session_id, connection_id, gateway_id, login, since)

    @rpc
    def connect_many(self, requests: list[schemas.ConnectRequest]) -> list[schemas.ConnectAnswer]:
        return ConnectProcessor.of(self).connect_many(requests)

    @rpc(expected_exceptions=(exceptions.SessionNotFound, exceptions.NotAMember))
    def disconnect(self, session_id: str, connection_id: str) -> None:
        Presence.of(self).disconnect(session_id, connection_id)

    @rpc
    def forget_connections(self, connection_ids: list[str]) -> None:
        Presence.of(self).forget(connection_ids)

    @rpc
    def renew(self, gateway_id: str) -> bool:
        return Presence.of(self).renew(gateway_id)

    @timers.timer(interval=1)  # operators are shown the names of timers, as by /readyz
    def announce_spectators(self) -> None:
        Presence.of(self).announce_spectators()

    @timers.timer(interval=2)
    def drop_lost_gateways(self) -> None:
        Presence.of(self).drop_lost_gateways()

    @timers.timer(interval=0.25)
    def keep_time(self) -> None:
        DeadlineTimer.of(self).expire()

    @timers.timer(interval=5, eager=True)
    def check_rules(self) -> None:
        SessionUpgrades.of(self).check()

    @timers.timer(interval=1, eager=True)
    def share_suspensions(self) -> None:
        SharedSuspensions.of(self).share()

    @timers.timer(interval=60)
    def sweep_ended(self) -> None:
        Retention.of(self).sweep()

    @gauges(*metrics.GAUGES)
    def collect_gauges(self) -> None:
        metrics.set_gauges(*SessionLists.of(self).statistics())

    @rpc(expected_exceptions=exceptions.LIST_REFUSALS)
    def list(  # the last one, because it hides the built-in from what follows in the class
        self, viewer: str | None = None, login: str | None = None, game: str | None = None,
        status: str | None = None, limit: int = 50, after: str | None = None,
    ) -> schemas.SessionPage:
        return SessionLists.of(self).page(viewer, login, game, status, limit, after)
