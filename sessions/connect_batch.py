"""Decides the connections of one batch: each by itself, on the matches that they have in common."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from extensions import request_id
from extensions.errors import ServiceError
from sessions import attendance, deadlines, limited_game, views
from sessions.changes import Change
from sessions.exceptions import SessionNotFound
from sessions.match import Match, SessionEvent
from sessions.schemas import ConnectRequest, SessionSnapshot

# A session and a connection id.
ConnectionKey: TypeAlias = tuple[str, str]


class Connection(NamedTuple):
    """A connection to a session: of a player, or of a spectator if `player` is None."""

    player: str | None
    gateway_id: str


class AttendedMatch:
    """A match and who is connected to it, among others by `connections`, known by their ids.

    `stored_version` is the version before anything is decided; `new_events` are those since.
    """

    def __init__(
        self, match: Match, counts: Iterable[tuple[str | None, int]],
        connections: dict[str, Connection],
    ) -> None:
        self.match, self.connections = match, connections
        self.counts: Counter[str | None] = Counter(dict(counts))
        self.stored_version = match.version
        self.new_events: list[SessionEvent] = []


class ConnectOutcome(NamedTuple):
    """A connection that was made, and what is shown to it.

    It is shown some of the first events after the version `since`; None stands for none.
    """

    attended: AttendedMatch
    player: str | None
    snapshot: SessionSnapshot
    since: int | None

    @property
    def lacks_stored_events(self) -> bool:
        """Whether some of the events that it is shown have been stored before."""
        return self.since is not None and self.since < self.attended.stored_version

    def events(self, stored: Iterable[SessionEvent], limit: int) -> list[SessionEvent]:
        """Return the first events that it is to be shown, of those stored before and new ones."""
        if self.since is None:
            return []
        last = min(self.snapshot["version"], self.since + limit)
        shown = range(self.since + 1, last + 1)
        return [
            each for each in (*stored, *self.attended.new_events) if each.version in shown
        ]


@dataclass
class ConnectBatch:
    """The matches that connections are for, and what the connections do to them."""

    matches: Mapping[str, AttendedMatch]
    now: float
    changes: list[Change] = field(default_factory=list)
    connections: dict[ConnectionKey, Connection] = field(default_factory=dict)
    spectators_changed: set[str] = field(default_factory=set)

    def connect(self, request: ConnectRequest) -> ConnectOutcome | ServiceError:
        """Connect a connection; return what it is shown, or the error that it is refused with."""
        session_id = request["session_id"]
        attended = self.matches.get(session_id)
        if attended is None:
            return SessionNotFound.of(f"There is no session {session_id}", session_id=session_id)
        match, login = attended.match, request.get("login")
        player = login if login in match.players else None
        if suspension := limited_game.suspension_of(match.game):
            self._excuse(match, player, suspension)
            return suspension
        with request_id.scope(request.get("request_id") or request_id.current()):
            self._connect(attended, request, player)
        limited_game.renew(match.game)  # others of the batch may have used its time
        snapshot = views.snapshot(match, player, attended.counts, self.now)
        return ConnectOutcome(attended, player, snapshot, request.get("since"))

    def _excuse(self, match: Match, player: str | None, suspension: ServiceError) -> None:
        """Extend the deadlines of a player who is kept away by the suspension alone."""
        until = self.now + suspension.details["retry_after"] + match.settings.grace
        if player is not None and deadlines.extend(match, player, until):
            self.changes.append(Change(match, [], []))

    def _connect(
        self, attended: AttendedMatch, request: ConnectRequest, player: str | None
    ) -> None:
        session_id, connection_id = request["session_id"], request["connection_id"]
        before = attended.connections.get(connection_id)
        connection = Connection(player, request["gateway_id"])
        if before == connection:
            return
        attended.connections[connection_id] = connection
        self.connections[session_id, connection_id] = connection
        if before is not None and before.player == player:
            return
        _recount(attended.counts, before, player)
        if player is None or before is not None and before.player is None:
            self.spectators_changed.add(session_id)
        if player is not None and attended.counts[player] == 1:
            happened = attendance.connect(attended.match, player, self.now)
            if happened:
                attended.new_events += happened
                self.changes.append(Change.of(attended.match, happened))


def _recount(
    counts: Counter[str | None], before: Connection | None, player: str | None
) -> None:
    counts[player] += 1
    if before is not None:
        counts[before.player] -= 1
        if counts[before.player] <= 0:
            del counts[before.player]  # who is not connected is not in it
