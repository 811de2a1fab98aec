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


class TokensView(TypedDict):
    """A pair of tokens, as clients get it; `expires_in` is the access token's, in seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    login: str


class IdentityView(TypedDict):
    """Whom a token names, and until when; its family, and the fingerprint of the password."""

    login: str
    expires_at: float
    family: str
    fingerprint: str


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


def identity_view(claims: Claims) -> IdentityView:
    """Show whom a token names."""
    return {
        "login": claims.login, "expires_at": claims.expires_at, "family": claims.family,
        "fingerprint": claims.fingerprint,
    }


def revoked_message(login: str, family: str | None, now: float) -> OutboxMessage:
    """Tell who holds connections of a player that tokens are dead: a family's, or all."""
    params = {"login": login, "family": family, "at": timestamp(now)}
    return OutboxMessage(f"auth.{login}", events.REVOKED, params, players=(login,))


def authenticate_answer(outcome: Claims | Exception) -> AuthenticateAnswer:
    """Return what is answered for an access token of many."""
    if isinstance(outcome, Exception):
        return {"error": serialize(outcome)}
    return {"result": identity_view(outcome)}
