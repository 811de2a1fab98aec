"""The types of what the gateway sends to the services and gets from them.

What clients see too has its types in `gateway.protocol.results`. A test compares them all with
those of the services.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NotRequired, TypeAlias, TypedDict, TypeVar

from arbiter_games.contract import Move
from extensions.errors import SerializedError

Result = TypeVar("Result")

Options: TypeAlias = dict[str, Any]
KnownLogin: TypeAlias = tuple[str, str, str]  # a login, its tokens' family and fingerprint


class TokenClaims(TypedDict):
    """What an access token says: its `family` is the login that it came of.

    The `fingerprint` is that of the password under which it was issued. A `guest` has no password.
    """

    login: str
    expires_at: float
    family: str
    fingerprint: str
    guest: bool


class LoginState(TypedDict):
    """Whether a login of which tokens were good has ended, and whether it is a guest's."""

    ended: bool
    guest: bool


class SearchCriteria(TypedDict):
    """What kind of opponents are searched for; `seats` is how many play, where not two."""

    game: str
    options: Options
    rating: float
    rating_range: float | None
    guest: bool
    avoids: list[str]
    seats: NotRequired[int]


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
    legal: NotRequired[dict[str, list[Move]]]
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


class Seeker(TypedDict):
    """A player who searches for an opponent, and is not to meet those whom the player blocks.

    `ratings` has one for each speed, and `rating` is that of the speed played most.
    """

    kind: str
    rating: float
    ratings: dict[str, float]
    blocks: list[str]


class Opponent(TypedDict):
    """A player whom another one wants to play, and whether the former has blocked the latter."""

    login: str
    has_blocked: bool


class AccountChanges(TypedDict, total=False):
    """What a player changes of an account."""

    display_name: str
    bio: str


class ExpiringMembers(TypedDict):
    """Members of open rooms whose leases are due, and where to go on for more."""

    logins: Sequence[str]
    next: tuple[float, str] | None
