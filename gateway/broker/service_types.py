"""What the gateway calls of the services, and the types of what it sends and gets.

What clients see too has its types in `gateway.protocol.results`. A test compares them all with
those of the services.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NotRequired, Protocol, TypeAlias, TypedDict, TypeVar

from extensions.errors import SerializedError
from gateway.protocol import results

Result = TypeVar("Result")

Options: TypeAlias = dict[str, Any]
KnownLogin: TypeAlias = tuple[str, str, str]  # a login, its tokens' family and fingerprint
EndedLogin: TypeAlias = tuple[str, str]  # a login, and the family that has ended


class TokenClaims(TypedDict):
    """What an access token says: its `family` is the login that it came of.

    The `fingerprint` is that of the password under which it was issued. A `guest` has no password.
    """

    login: str
    expires_at: float
    family: str
    fingerprint: str
    guest: bool


class SearchCriteria(TypedDict):
    """What kind of opponent is searched for."""

    game: str
    options: Options
    rating: float
    rating_range: float | None
    guest: bool


class CommandRequest(TypedDict):
    """A command of a player; `arrived` is when, in seconds since the epoch, the gateway had it."""

    session_id: str
    login: str
    command: dict[str, Any]
    command_id: str
    version: int | None
    arrived: float
    round_trip: float
    request_id: str | None
    traceparent: str | None


class ConnectRequest(TypedDict):
    """A connection that is to be connected to a session; `since` asks for the events after it."""

    session_id: str
    connection_id: str
    gateway_id: str
    login: str | None
    since: int | None
    request_id: str | None
    traceparent: str | None


class Answered(TypedDict, Generic[Result]):
    """The answer to a request of many: either its result or its serialized error."""

    result: NotRequired[Result]
    error: NotRequired[SerializedError]


OnAnswers: TypeAlias = Callable[[Sequence[Answered[Result]] | Exception], None]


class EventBody(TypedDict):
    """The body of an event on its exchange."""

    event: str
    params: dict[str, Any]
    id: NotRequired[str]
    request_id: NotRequired[str | None]
    legal: NotRequired[dict[str, list[Any]]]
    search: NotRequired[str]


class StartedSession(TypedDict):
    """A session that has started, with the event `session.created` for each of its players.

    `key` is the one by which it was created, and `started_at` in seconds since the epoch.
    """

    session_id: str
    key: str
    started_at: float
    created_events: dict[str, EventBody]


class StartedPage(TypedDict):
    """A page of sessions that have started; `next` has the arguments that ask for the next page."""

    sessions: list[StartedSession]
    next: tuple[float, str] | None


class PingAnswer(TypedDict):
    """What an instance of a service says of itself; `problems` has a sentence for each problem."""

    problems: list[str]
    instance: NotRequired[str]


class Opponent(TypedDict):
    """A player whom another one wants to play, and whether the former has blocked the latter."""

    login: str
    has_blocked: bool


class AccountChanges(TypedDict, total=False):
    """What a player changes of an account."""

    display_name: str
    bio: str


class AccountsApi(Protocol):
    """The methods of the accounts service that the gateway calls."""

    def create(self, login: str, guest: bool = False) -> None: ...

    def get(self, login: str, games: Sequence[str] = ()) -> results.Account: ...

    def opponent(self, player: str, login: str) -> Opponent: ...

    def relation(self, player: str, login: str) -> results.Relation: ...

    def follow(self, player: str, login: str) -> None: ...

    def unfollow(self, player: str, login: str) -> None: ...

    def block(self, player: str, login: str) -> str: ...

    def unblock(self, player: str, login: str) -> None: ...

    def following(self, player: str, limit: int, after: str | None) -> results.ContactPage: ...

    def blocked(self, player: str, limit: int, after: str | None) -> results.ContactPage: ...

    def online(
        self, player: str, kind: str | None, limit: int, after: str | None
    ) -> results.ContactPage: ...

    def contacts(self, player: str, logins: Sequence[str]) -> list[results.Contact]: ...

    def renew_presence(
        self, gateway_id: str, renewal: int, arrived: Sequence[str], left: Sequence[str]
    ) -> bool: ...

    def update(
        self, login: str, changes: AccountChanges, games: Sequence[str] = ()
    ) -> results.Account: ...

    def become_bot(self, login: str, games: Sequence[str] = ()) -> results.Account: ...

    def delete(self, login: str) -> None: ...

    def leaderboard(self, game: str, limit: int, after: str | None) -> results.Leaderboard: ...

    def rating_history(
        self, viewer: str, login: str, game: str, limit: int, after: str | None
    ) -> results.RatingHistory: ...


class AuthApi(Protocol):
    """The methods of the auth service that the gateway calls."""

    def register(self, login: str, password: str) -> results.Tokens: ...

    def guest(self, login: str | None) -> results.Tokens: ...

    def claim(self, login: str, password: str) -> None: ...

    def login(self, login: str, password: str) -> results.Tokens: ...

    def refresh(self, refresh_token: str) -> results.Tokens: ...

    def authenticate(self, access_token: str) -> TokenClaims: ...

    def authenticate_many(
        self, access_tokens: Sequence[str]
    ) -> Sequence[Answered[TokenClaims]]: ...

    def ended(self, logins: Sequence[KnownLogin]) -> Sequence[EndedLogin]: ...

    def logout(self, login: str, family: str | None, refresh_token: str | None) -> None: ...

    def change_password(
        self, login: str, password: str, new_password: str, fingerprint: str | None
    ) -> None: ...

    def verify_password(self, login: str, password: str) -> None: ...

    def undo_register(self, login: str, until: float) -> None: ...

    def unregister(self, login: str, password: str) -> None: ...


class ExpiringMembers(TypedDict):
    """Members of open rooms whose leases are due, and where to go on for more."""

    logins: Sequence[str]
    next: tuple[float, str] | None


class RoomsApi(Protocol):
    """The methods of the rooms service that the gateway calls."""

    def create(
        self, owner: str, game: str, options: Options, seats: int | None, *, guest: bool
    ) -> results.Room: ...

    def list(self, game: str | None, limit: int, after: str | None) -> results.RoomPage: ...

    def get(self, room_id: str, viewer: str) -> results.Room: ...

    def join(self, room_id: str, login: str, *, guest: bool) -> results.Room: ...

    def leave(self, room_id: str, login: str) -> object: ...

    def close(self, room_id: str, login: str) -> object: ...

    def challenge(
        self, owner: str, login: str, game: str, options: Options, side: str, hidden: bool,
        *, guest: bool,
    ) -> results.Challenge: ...

    def accept(self, room_id: str, login: str, *, guest: bool) -> results.Challenge: ...

    def decline(self, room_id: str, login: str, reason: str | None) -> None: ...

    def challenges(
        self, login: str, limit: int, after: str | None
    ) -> results.ChallengePage: ...

    def hide_challenges(self, owner: str, challenged: str) -> None: ...

    def leave_all(self, login: str) -> None: ...

    def expiring_members(self, after: tuple[float, str] | None) -> ExpiringMembers: ...

    def renew(self, logins: Sequence[str]) -> None: ...


class PrivateRoomsApi(Protocol):
    """The methods of the private rooms service that the gateway calls."""

    def create(
        self, owner: str, game: str, options: Options, seats: int | None, *, guest: bool
    ) -> results.PrivateRoom: ...

    def get(self, room_id: str) -> results.PrivateRoom: ...

    def join(self, connection_key: str, login: str, *, guest: bool) -> results.PrivateRoom: ...

    def leave(self, connection_key: str, login: str) -> None: ...

    def close(self, connection_key: str, login: str) -> None: ...

    def leave_all(self, login: str) -> None: ...


class SearcherApi(Protocol):
    """The methods of the searcher that the gateway calls."""

    def start(
        self, login: str, game: str, options: Options, rating: float, rating_range: float | None,
        connection_id: str | None = None, *, guest: bool,
    ) -> results.SearchStarted | results.SearchFound: ...

    def stop(self, login: str, connection_id: str | None = None) -> None: ...

    def status(self, login: str) -> results.SearchIdle | results.Searching: ...

    def window(self, login: str) -> results.SearchWindow: ...

    def accept(self, login: str, proposal_id: str) -> results.MatchAccepted: ...

    def renew(self, searches: dict[str, str]) -> list[str]: ...


class SessionsApi(Protocol):
    """The methods of the session service that the gateway calls."""

    def games(self) -> Sequence[results.GameInfo]: ...

    def connect_many(
        self, requests: Sequence[ConnectRequest]
    ) -> Sequence[Answered[results.Connected]]: ...

    def disconnect(self, session_id: str, connection_id: str) -> None: ...

    def forget_connections(self, connection_ids: Sequence[str]) -> None: ...

    def renew(self, gateway_id: str) -> bool: ...

    def list_started(self, logins: Sequence[str], since: float, after: str) -> StartedPage: ...

    def execute_many(
        self, commands: Sequence[CommandRequest]
    ) -> Sequence[Answered[results.Executed]]: ...

    def get(self, session_id: str, viewer: str | None) -> results.Session: ...

    def history(
        self, session_id: str, viewer: str | None, since: int, limit: int = ...
    ) -> results.History: ...

    def initial_state(self, session_id: str, viewer: str | None) -> results.InitialState: ...

    def list(
        self, viewer: str | None, login: str | None, game: str | None, status: str | None,
        limit: int, after: str | None,
    ) -> results.SessionPage: ...

    def resign_all(self, login: str) -> None: ...

    def rematch(
        self, session_id: str, login: str
    ) -> results.RematchAsked | results.RematchCreated: ...

    def export(self, session_id: str) -> results.Export: ...
