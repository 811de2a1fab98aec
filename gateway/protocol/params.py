"""The types of parameters: what a client may send, checked before anything is done with it."""

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MOST_SHOWN = 64
LARGEST_VERSION = 2**31 - 1
# Categories of Unicode. Cf is no control as a whole: emoji are joined by characters of it.
CONTROLS = ("Cc", "Zl", "Zp")
BLANK = ("C", "Z")
# By these a name could make what stands beside it look like something else.
BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _clean(text: str) -> str:
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("The character U+0000 and halves of surrogate pairs are not allowed")
    return text


def _shown(text: str) -> str:
    if any(unicodedata.category(each) in CONTROLS or each in BIDIRECTIONAL for each in text):
        raise ValueError(
            "Control characters, line breaks and what changes the direction of writing are not "
            "allowed"
        )
    if all(unicodedata.category(each)[0] in BLANK for each in text):
        raise ValueError("At least one character has to be seen")
    return text


def _printable(text: str) -> str:
    # A string of the wrong form is found nowhere; made printable it can stand in the message.
    if len(text) <= MOST_SHOWN and text.isascii() and text.isprintable():
        return text
    return ascii(text)[:MOST_SHOWN]


Text = Annotated[str, AfterValidator(_clean)]
DisplayName = Annotated[Text, Field(min_length=1, max_length=50), AfterValidator(_shown)]
LookedUp = Annotated[str, AfterValidator(_printable)]
NewLogin = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{3,20}$")]
NewPassword = Annotated[Text, Field(min_length=8, max_length=128)]
GameName = Annotated[LookedUp, Field(description="the name of a game of this server")]
Options = Annotated[
    dict[str, Any],
    Field(description="`{clock: null | {initial, increment}, rated, ...}` and the game's own"),
]
Limit = Annotated[int, Field(ge=1, le=100)]
Version = Annotated[int, Field(ge=0)]


class Params(BaseModel):
    """The parameters of a method: what it does not know is refused, and null is as if left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def read(cls, params: dict[str, Any]) -> "Params":
        """Raises pydantic's ValidationError."""
        return cls.model_validate(
            {
                name: value for name, value in params.items()
                if value is not None or name not in cls.model_fields
            }
        )


class Nothing(Params):
    pass


class Registration(Params):
    login: NewLogin
    password: NewPassword


class Login(Params):
    login: LookedUp
    password: str


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


class AccountOf(Params):
    login: LookedUp | None = None


class Profile(Params):
    display_name: Annotated[
        DisplayName | None,
        Field(description="not blank, without control characters, of the direction too"),
    ] = None
    bio: Annotated[Text, Field(max_length=500)] | None = None


class LeaderboardPage(Params):
    game: GameName = "dobutsu"
    limit: Limit = 50
    after: str | None = None


class RatingHistoryPage(Params):
    login: LookedUp | None = None
    game: GameName = "dobutsu"
    limit: Limit = 50
    after: str | None = None


class NewRoom(Params):
    game: GameName = "dobutsu"
    options: Options = {}
    seats: int | None = None


class RoomPage(Params):
    game: GameName | None = None
    limit: Limit = 50
    after: str | None = None


class RoomOf(Params):
    room_id: LookedUp


class KeyOf(Params):
    connection_key: LookedUp


class Search(Params):
    game: GameName = "dobutsu"
    options: Options = {}
    rating_range: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class ProposalOf(Params):
    proposal_id: LookedUp


class SessionOf(Params):
    session_id: LookedUp


class SessionSince(Params):
    session_id: LookedUp
    since: Version | None = None


class Command(Params):
    session_id: LookedUp
    command: dict[str, Any]
    command_id: Annotated[Text, Field(min_length=1, max_length=64)]
    version: Version | None = None


class SessionPage(Params):
    login: LookedUp | None = None
    game: GameName | None = None
    status: Literal["active", "ended"] | None = None
    limit: Limit = 50
    after: str | None = None
