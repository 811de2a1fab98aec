"""What crosses RPC: the commands that come in, and all that the session service answers."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from arbiter_games.contract import Move, State
from arbiter_games.results import Score
from extensions.errors import SerializedError

# The options of a game, checked by sessions.options.
Options: TypeAlias = dict[str, Any]
# A command as the client sent it: `{type}`, and with a move `{type, move}`.
CommandBody: TypeAlias = dict[str, Any]

# Players who are in as many active sessions as one may be, and how many that is.
FullPlayers: TypeAlias = dict[str, int]


class CommandRequest(TypedDict):
    """A player's command on its way to the session, as `execute_many` takes it.

    `arrived` is when the gateway received it, in seconds since the epoch; `round_trip` is in
    seconds, between the gateway and the player. `request_id` is the id of the client's request, and
    `traceparent` its trace.
    """

    session_id: str
    login: str
    command: CommandBody
    command_id: str
    version: NotRequired[int | None]
    arrived: NotRequired[float | None]
    round_trip: NotRequired[float]
    request_id: NotRequired[str | None]
    traceparent: NotRequired[str | None]


class CommandResult(TypedDict):
    """The answer to a command: the version that it led to."""

    version: int
    command_id: str


class CommandAnswer(TypedDict, total=False):
    """The answer to one command of many: either its result, or an error as Nameko serializes it."""

    result: CommandResult
    error: SerializedError


class GameInfo(TypedDict):
    """A game that can be played here."""

    name: str
    title: str
    min_players: int
    max_players: int
    options: NotRequired[dict[str, Any]]
    moves: NotRequired[dict[str, Any]]


class CompleteOptions(TypedDict):
    """What is to be played, with everything filled in."""

    game: str
    options: Options
    seats: int


class SessionSummary(TypedDict):
    """A session in a list."""

    session_id: str
    game: str
    game_version: int
    options: Options
    speed: str
    players: list[str]
    status: str
    version: int
    to_move: list[str]
    connected: list[str]
    spectators: int
    result: Score | None
    created_at: str
    ended_at: str | None
    deadlines: dict[str, dict[str, str]] | None


class SessionSnapshot(SessionSummary):
    """A session as one viewer may see it now."""

    state: State
    legal: list[Move]
    clocks: dict[str, float] | None
    clock_details: dict[str, dict[str, float]] | None
    draw_offered_by: str | None
    takeback_offered_by: str | None
    takebacks: bool
    out: list[str]
    claims: list[str]
    rematch_asked_by: list[str]


class SessionPage(TypedDict):
    """A page of sessions, and the cursor of the next one."""

    items: list[SessionSummary]
    next: str | None


class EventView(TypedDict, total=False):
    """An event as one viewer may see it; which keys there are depends on its type."""

    version: int
    at: str
    type: str
    login: str
    reason: str
    deadline: str | None
    command: dict[str, Any]
    taken_back: list[int]
    state: State
    to_move: list[str]
    legal: list[Move]
    clocks: dict[str, float] | None
    clock_details: dict[str, dict[str, float]]
    draw_offered_by: str | None
    out: list[str]
    result: Score
    game_version: int
    notation: str


class History(TypedDict):
    """A page of a session's events, the oldest first.

    `next` is the version after which the next page begins; None if this is the last one.
    """

    events: list[EventView]
    next: int | None


class ConnectRequest(TypedDict):
    """A connection that is to be connected to a session, as `connect_many` takes it.

    `login` is that of the player, if the connection has one. `since` asks for the events after that
    version. `request_id` is the id of the client's request, and `traceparent` its trace.
    """

    session_id: str
    connection_id: str
    gateway_id: str
    login: NotRequired[str | None]
    since: NotRequired[int | None]
    request_id: NotRequired[str | None]
    traceparent: NotRequired[str | None]


class Connected(History):
    """What a connection is answered: a snapshot, and a page of the events that it has missed."""

    session: SessionSnapshot


class ConnectAnswer(TypedDict, total=False):
    """The answer to one connection of many: its result, or an error as Nameko serializes it."""

    result: Connected
    error: SerializedError


class MovesBefore(TypedDict):
    """How the game came to the first state of a session: its very first one, and (seat, move)."""

    state: State
    moves: list[tuple[int, Move]]


class InitialState(TypedDict):
    """The state before the first move, as one viewer may see it."""

    state: State
    before: NotRequired[MovesBefore]


class StartedSession(TypedDict):
    """A session that has started, with the body of the message that each player was sent.

    `started_at` is in seconds since the epoch; `key` is the one that the session was created by.
    """

    session_id: str
    key: str
    started_at: float
    created_events: dict[str, dict[str, Any]]


class StartedPage(TypedDict):
    """Sessions that have started, the oldest first; `next` are the arguments for the next page."""

    sessions: list[StartedSession]
    next: tuple[float, str] | None


class RematchAnswer(TypedDict):
    """Whether a rematch has been created, and which session it is."""

    status: Literal["asked", "created"]
    session_id: NotRequired[str]


class GameExport(TypedDict):
    """A finished game in the usual form for it."""

    format: str
    text: str
