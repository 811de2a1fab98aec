"""The types of parameters: what a client may send, validated before a handler is called."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gateway.protocol.display_names import check_display_name
from gateway.protocol.results import Speed

MAX_ECHOED_CHARACTERS = 64
MAX_OTHERS = 7
MAX_VERSION = 2**31 - 1  # what an integer column of PostgreSQL can be compared with
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _storable(text: str) -> str:
    if UNSTORABLE.search(text):
        raise ValueError("The character U+0000 and halves of surrogate pairs are not allowed")
    return text


def _printable(text: str) -> str:
    # An id of another form does not exist; made printable it can stand in the error message.
    if len(text) <= MAX_ECHOED_CHARACTERS and text.isascii() and text.isprintable():
        return text
    return ascii(text)[:MAX_ECHOED_CHARACTERS]


STORABLE = AfterValidator(_storable)  # after the length, whose error else counts "items"
NewDisplayName = Annotated[
    str, Field(min_length=1, max_length=50), STORABLE, AfterValidator(check_display_name)
]
Lookup = Annotated[str, AfterValidator(_printable)]
NewLogin = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{3,20}$")]
NewPassword = Annotated[str, Field(min_length=8, max_length=128), STORABLE]
GameName = Annotated[Lookup, Field(description="the name of a game of this server")]
Options = Annotated[
    dict[str, Any],
    Field(description="`{clock, rated, ...}` and the game's own"),
]
Limit = Annotated[int, Field(ge=1, le=100)]
Version = Annotated[int, Field(ge=0)]


class Params(BaseModel):
    """The parameters of a method: unknown names are refused, and null means left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def read(cls, params: dict[str, Any]) -> Self:
        """Validate parameters; raises pydantic's ValidationError."""
        if None in params.values():
            params = {
                name: value for name, value in params.items()
                if value is not None or name not in cls.model_fields
            }
        return cls.model_validate(params)


class NoParams(Params):
    pass


class Registration(Params):
    login: NewLogin
    password: NewPassword


class Login(Params):
    login: Lookup
    password: str


class Guest(Params):
    login: NewLogin | None = None


class Claim(Params):
    password: NewPassword


class AccessToken(Params):
    access_token: str


class RefreshToken(Params):
    refresh_token: str


class Logout(Params):
    refresh_token: str | None = None


class PasswordChange(Params):
    password: str
    new_password: NewPassword


class Password(Params):
    password: str


class OptionalLogin(Params):
    login: Lookup | None = None


class ManyLogins(Params):
    logins: Annotated[list[Lookup], Field(max_length=100)]


class OtherLogin(Params):
    login: Lookup


class OnlinePage(Params):
    kind: Literal["player", "guest", "bot"] | None = None
    limit: Limit = 50
    after: str | None = None


class ProfileChanges(Params):
    display_name: Annotated[
        NewDisplayName | None,
        Field(description="seen as it is written: see [names](#names-times-and-lists)"),
    ] = None
    bio: Annotated[str, Field(max_length=500), STORABLE] | None = None


class LeaderboardPage(Params):
    game: GameName = "dobutsu"
    speed: Annotated[Speed | None, Field(description="by default `classical`")] = None
    limit: Limit = 50
    after: str | None = None


class RatingHistoryPage(Params):
    login: Lookup | None = None
    game: GameName = "dobutsu"
    speed: Annotated[
        Speed | None, Field(description="by default the one that the player has played most")
    ] = None
    limit: Limit = 50
    after: str | None = None


class NewRoom(Params):
    game: GameName = "dobutsu"
    options: Options = {}
    seats: int | None = None


class NewChallenge(Params):
    login: Lookup
    others: Annotated[
        list[Lookup],
        Field(max_length=MAX_OTHERS, description="whom to challenge beside this player"),
    ] = []
    game: GameName = "dobutsu"
    options: Options = {}
    side: Annotated[
        Literal["first", "second", "random"], Field(description="the challenger's seat")
    ] = "random"


class Declining(Params):
    room_id: Lookup
    reason: Literal["busy", "later", "game", "options"] | None = None


class Page(Params):
    limit: Limit = 50
    after: str | None = None


class RoomPage(Params):
    game: GameName | None = None
    limit: Limit = 50
    after: str | None = None


class RoomId(Params):
    room_id: Lookup


class ConnectionKey(Params):
    connection_key: Lookup


class Search(Params):
    game: GameName = "dobutsu"
    options: Options = {}
    rating_range: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    seats: Annotated[int, Field(ge=2)] | None = None


class ProposalId(Params):
    proposal_id: Lookup


class SessionId(Params):
    session_id: Lookup


class SessionSince(Params):
    session_id: Lookup
    since: Version | None = None


class HistoryPage(SessionSince):
    limit: Annotated[int, Field(ge=1, le=1000)] | None = None
    notation: bool = False


class Command(Params):
    session_id: Lookup
    command: dict[str, Any]
    command_id: Annotated[str, Field(min_length=1, max_length=64), STORABLE]
    version: Version | None = None


class SessionPage(Params):
    login: Lookup | None = None
    game: GameName | None = None
    status: Literal["active", "ended"] | None = None
    limit: Limit = 50
    after: str | None = None
