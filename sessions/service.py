"""The session service: its dependencies, its collaborators and its entrypoints."""

from nameko.rpc import rpc

from extensions import service_base
from extensions.clock import Clock
from extensions.errors import StorageAway
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.observability.monitoring import gauges
from extensions.outbox.relay import OutboxProvider
from extensions.pagination import UnknownCursor
from extensions.storage.database import Database
from extensions.timers import timer
from sessions import dependencies, events, exceptions, metrics
from sessions.command_processor import CommandProcessor
from sessions.deadlines import Deadlines
from sessions.models import Base, OutboxRow
from sessions.presence import Presence
from sessions.queries import SessionQueries
from sessions.retention import Retention
from sessions.started_sessions import StartedSessions


class SessionsService(service_base.Service):
    """Games under way and finished. Its collaborators are made from its dependencies, by `of`."""

    name = "sessions"
    entrypoint_logging = EntrypointLogging(quiet=("execute_many",))  # each command has its own line
    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base, durable=(events.RESULTS_EXCHANGE,))
    clock = Clock()
    registry = dependencies.GameRegistryProvider()
    settings = dependencies.SessionSettingsProvider()
    downtime_check = dependencies.DowntimeCheckProvider()
    archive = dependencies.ArchiveProvider()

    @rpc
    def games(self):
        """Return the installed games."""
        return SessionQueries.of(self).games()

    @rpc(expected_exceptions=(exceptions.GameNotFound, exceptions.InvalidOptions))
    def complete_options(self, game, options, seats=None):
        """Return what is to be played with everything filled in: `{game, options, seats}`."""
        return SessionQueries.of(self).complete_options(game, options, seats)

    @rpc(expected_exceptions=(exceptions.GameNotFound,))
    def create(self, key, game, options, players, private=False):
        """Start a session and return its id; with the same key, it is the same session."""
        return StartedSessions.of(self).create(key, game, options, players, private)

    @rpc
    def begun_since(self, logins, since, after=""):
        """Return recently started sessions of players: `{sessions, next}`."""
        return StartedSessions.of(self).since(logins, since, after)

    @rpc(expected_exceptions=exceptions.REMATCH_REFUSALS)
    def rematch(self, session_id, login):
        """Ask to play again; the rematch starts once all have asked, the other player first."""
        return StartedSessions.of(self).rematch(session_id, login)

    @rpc(expected_exceptions=exceptions.COMMAND_REFUSALS)
    def execute(
        self, session_id, login, command, command_id, version=None, arrived=None, round_trip=0.0
    ):
        """Decide one command: `{version, command_id}`."""
        return CommandProcessor.of(self).execute(
            session_id, login, command, command_id, version, arrived, round_trip
        )

    @rpc
    def execute_many(self, commands):
        """Decide commands in order: for each `{result}` or `{error}`."""
        return CommandProcessor.of(self).execute_many(commands)

    @rpc
    def resign_all(self, login):
        """Resign every active session of a player who is leaving for good."""
        CommandProcessor.of(self).resign_all(login)

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def get(self, session_id, viewer=None):
        """Return a session as this viewer may see it."""
        return SessionQueries.of(self).snapshot(session_id, viewer)

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def history(self, session_id, viewer=None, since=0):
        """Return the events after a version as this viewer may see them: `{events}`."""
        return SessionQueries.of(self).history(session_id, viewer, since)

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def initial_state(self, session_id, viewer=None):
        """Return the state before the first move as this viewer may see it: `{state}`."""
        return SessionQueries.of(self).initial_state(session_id, viewer)

    @rpc(expected_exceptions=(exceptions.SessionNotFound, exceptions.SessionActive))
    def export(self, session_id, site="Arbiter"):
        """Return a finished session in the usual form for its game: `{format, text}`."""
        return SessionQueries.of(self).export(session_id, site)

    @rpc(expected_exceptions=(exceptions.GameNotFound, UnknownCursor))
    def list(self, viewer=None, login=None, game=None, status=None, limit=50, after=None):
        """Return a page of sessions, the newest first; private ones only to their players."""
        return SessionQueries.of(self).page(viewer, login, game, status, limit, after)

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def connect(self, session_id, connection_id, gateway_id, login=None, since=None):
        """Connect a connection to a session: `{session, events}`."""
        return Presence.of(self).connect(session_id, connection_id, gateway_id, login, since)

    @rpc(expected_exceptions=(exceptions.SessionNotFound, exceptions.NotAMember))
    def disconnect(self, session_id, connection_id):
        """Disconnect a connection from a session."""
        Presence.of(self).disconnect(session_id, connection_id)

    @rpc
    def forget_connections(self, connection_ids):
        """Disconnect closed connections from all their sessions."""
        Presence.of(self).forget(connection_ids)

    @rpc
    def renew(self, gateway_id):
        """Renew a gateway's lease; return False if its connections count as gone already."""
        return Presence.of(self).renew(gateway_id)

    # The names of the timers are shown to operators, by /readyz and in the metrics.
    @timer(interval=1)
    def announce_spectators(self):
        Presence.of(self).announce_spectators()

    @timer(interval=2)
    def drop_lost_gateways(self):
        Presence.of(self).drop_lost_gateways()

    @timer(interval=0.25)
    def keep_time(self):
        Deadlines.of(self).expire()

    @timer(interval=60)
    def archive_ended(self):
        Retention.of(self).archive_ended()

    @timer(interval=60)
    def forget_commands(self):
        Retention.of(self).forget_commands()

    @gauges(*metrics.GAUGES, expected_exceptions=StorageAway)
    def collect_gauges(self):
        """Set the gauges of sessions from the database."""
        metrics.set_gauges(*SessionQueries.of(self).statistics())
