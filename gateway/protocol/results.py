"""The types of results: what clients are answered.

Handlers are annotated with these types, the document of the protocol is generated from them, and
the tests check every answer against them.
"""

from typing import Any, Literal, TypeAlias

from pydantic import ConfigDict, with_config

# Pydantic needs this one before Python 3.12.
from typing_extensions import NotRequired, TypedDict

from arbiter_games.contract import Move, State

Status: TypeAlias = Literal["active", "ended"]
Speed: TypeAlias = Literal["bullet", "blitz", "rapid", "classical", "days"]
Kind: TypeAlias = Literal["player", "guest", "bot"]


@with_config(ConfigDict(extra="forbid"))
class Result(TypedDict):
    pass


class Empty(Result):
    pass


class DrawnGame(Result):
    drawing: NotRequired[str]
    titles: NotRequired[dict[str, str]]


class InstalledGame(Result):
    name: str
    title: str
    min_players: int
    max_players: int
    options: NotRequired[dict[str, Any]]
    moves: NotRequired[dict[str, Any]]


class GameInfo(InstalledGame, DrawnGame):
    """A game that can be played here.

    `options` is a JSON schema of the options of its own, and `moves` one of its moves; neither is
    there if the game declares none. `drawing` is the address of a description of how to draw it,
    and `titles` are those of other languages, if the game has a drawing.
    """


class ServerInfo(Result):
    name: str
    version: str
    protocol: Literal["1.0"]
    games: list[GameInfo]


class Tokens(Result):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: float
    login: str


class Identity(Result):
    login: str
    expires_at: str


class Rating(Result):
    speed: NotRequired[Speed | None]
    rating: float
    deviation: float
    games: int
    wins: int
    draws: int
    losses: int
    places: NotRequired[dict[str, int]]


class Account(Result):
    login: str
    display_name: str
    bio: str
    kind: Kind
    guest: bool
    created_at: str
    ratings: dict[str, Rating]
    ratings_by_speed: NotRequired[dict[str, dict[Speed, Rating]]]


class Contact(Result):
    login: str
    display_name: str
    kind: Literal["player", "guest", "bot"]
    online: bool


class Contacts(Result):
    items: list[Contact]


class ContactPage(Contacts):
    next: str | None


class Relation(Result):
    login: str
    online: bool
    follows: bool
    blocks: bool


class Kinds(Result):
    kinds: dict[str, Kind]


class Ranked(Result):
    login: str
    display_name: str
    kind: Kind
    rating: float
    deviation: float
    games: int
    provisional: bool
    places: NotRequired[dict[str, int]]


class Leaderboard(Result):
    items: list[Ranked]
    next: str | None


class RatingChange(Result):
    at: str
    session_id: str | None
    rating: float
    deviation: float
    place: NotRequired[int | None]
    players: NotRequired[int | None]


class RatingHistory(Result):
    items: list[RatingChange]
    next: str | None
    speed: NotRequired[Speed]


class Room(Result):
    room_id: str
    game: str
    options: dict[str, Any]
    seats: int
    players: list[str]
    owner: str
    status: Literal["open", "filled", "closed"]
    created_at: str
    session_id: str | None


class PrivateRoom(Room):
    connection_key: str


class Challenge(Room):
    challenged: str
    side: Literal["first", "second", "random"]
    others: NotRequired[list[str]]


class ChallengePage(Result):
    items: list[Challenge]
    next: str | None


class RoomPage(Result):
    items: list[Room]
    next: str | None


class SearchStarted(Result):
    status: Literal["searching"]


class SearchFound(Result):
    status: Literal["found"]
    session_id: str
    opponent: str
    opponents: NotRequired[list[str]]


class SearchIdle(Result):
    status: Literal["idle"]


class Searching(Result):
    status: Literal["searching"]
    game: str
    options: dict[str, Any]
    seats: NotRequired[int]
    waited: float
    searching: int
    estimate: float | None


class SearchWindow(Result):
    window: float | None


class MatchAccepted(Result):
    status: Literal["accepted"]


class Score(Result):
    winner: str | None
    reason: str
    by_player: dict[str, float]
    places: NotRequired[dict[str, int]]
    scores: NotRequired[dict[str, float]]
    teams: NotRequired[dict[str, int]]


class SessionSummary(Result):
    session_id: str
    game: str
    game_version: NotRequired[int]
    options: dict[str, Any]
    speed: NotRequired[Speed]
    players: list[str]
    status: Status
    version: int
    to_move: list[str]
    connected: list[str]
    spectators: int
    result: Score | None
    created_at: str
    ended_at: str | None
    deadlines: NotRequired[dict[str, dict[str, str]] | None]


class Session(SessionSummary):
    state: State
    legal: list[Move]
    clocks: dict[str, float] | None
    clock_details: dict[str, dict[str, float]] | None
    draw_offered_by: str | None
    takeback_offered_by: str | None
    takebacks: bool
    out: list[str]
    claims: list[str]
    rematch_asked_by: NotRequired[list[str]]


class SessionPage(Result):
    items: list[SessionSummary]
    next: str | None


@with_config(ConfigDict(extra="allow"))
class Event(TypedDict):
    """A stored event; what it has besides depends on its type."""

    version: int
    at: str
    type: str


class Connected(Result):
    session: Session
    events: list[Event]
    next: int | None


class History(Result):
    events: list[Event]
    next: int | None


class MovesBefore(Result):
    state: State
    moves: list[tuple[int, Move]]


class InitialState(Result):
    state: State
    before: NotRequired[MovesBefore]


class Executed(Result):
    version: int
    command_id: str


class RematchAsked(Result):
    status: Literal["asked"]


class RematchCreated(Result):
    status: Literal["created"]
    session_id: str


class Export(Result):
    format: Literal["pgn", "text"]
    text: str
