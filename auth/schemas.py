"""What the auth service answers, and the message by which it announces that tokens are dead."""

from typing import TypeAlias, TypedDict

from nameko.exceptions import serialize

from auth import events
from auth.token_codec import Claims, Keys, encode
from extensions.clock import timestamp
from extensions.errors import SerializedError
from extensions.outbox.message import OutboxMessage

KnownLogin: TypeAlias = tuple[str, str, str]  # a login, its tokens' family and fingerprint
EndedLogin: TypeAlias = tuple[str, str]  # a login, and the family that has ended
# What a token says, and whether its player is a guest.
Identified: TypeAlias = tuple[Claims, bool]


class TokensView(TypedDict):
    """A pair of tokens, as clients get it; `expires_in` is the access token's, in seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    login: str


class IdentityView(TypedDict):
    """Whom a token names, until when, its family and fingerprint, and whether it is a guest."""

    login: str
    expires_at: float
    family: str
    fingerprint: str
    guest: bool


class LoginState(TypedDict):
    """Whether a login of which tokens were good has ended, and whether it is a guest's."""

    ended: bool
    guest: bool


class AuthenticateAnswer(TypedDict, total=False):
    """The answer to one access token of many: a result, or an error as Nameko serializes it."""

    result: IdentityView
    error: SerializedError


def tokens_view(access: Claims, refresh: Claims, keys: Keys) -> TokensView:
    """Sign a pair of tokens."""
    return {
        "access_token": encode(access, keys),
        "refresh_token": encode(refresh, keys),
        "token_type": "Bearer",
        "expires_in": round(access.expires_at - access.issued_at),
        "login": access.login,
    }


def identity_view(claims: Claims, is_guest: bool) -> IdentityView:
    """Show whom a token names."""
    return {
        "login": claims.login, "expires_at": claims.expires_at, "family": claims.family,
        "fingerprint": claims.fingerprint, "guest": is_guest,
    }


def revoked_message(login: str, family: str | None, now: float) -> OutboxMessage:
    """Tell the gateways that tokens of a player are dead: those of a family, or all."""
    params = {"login": login, "family": family, "at": timestamp(now)}
    return OutboxMessage(f"auth.{login}", events.REVOKED, params, players=(login,))


def claimed_message(login: str, now: float) -> OutboxMessage:
    """Tell the connections of a guest that the login has a password."""
    params = {"login": login, "at": timestamp(now)}
    return OutboxMessage(f"auth.{login}", events.CLAIMED, params, players=(login,))


def guest_deleted_message(login: str, now: float) -> OutboxMessage:
    """Tell services that a guest is no more."""
    params = {"login": login, "at": timestamp(now)}
    return OutboxMessage(
        f"auth.{login}", events.GUEST_DELETED, params, exchange=events.DELETED_GUESTS_EXCHANGE
    )


def authenticate_answer(outcome: Identified | Exception) -> AuthenticateAnswer:
    """Return what is answered for an access token of many."""
    if isinstance(outcome, Exception):
        return {"error": serialize(outcome)}
    return {"result": identity_view(*outcome)}
