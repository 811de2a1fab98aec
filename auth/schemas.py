"""What the auth service tells others: tokens, identities, notices."""

from auth import events
from auth.tokens import Claims, Keys, encode
from extensions.clock import timestamp
from extensions.outbox.outbox import OutboxMessage


def tokens(access: Claims, refresh: Claims, keys: Keys) -> dict:
    """A pair of tokens, as `auth.login` answers them."""
    return {
        "access_token": encode(access, keys),
        "refresh_token": encode(refresh, keys),
        "token_type": "Bearer",
        "expires_in": round(access.expires_at - access.issued_at),
        "login": access.login,
    }


def identity(claims: Claims) -> dict:
    """Who a token names, and until when; which login it came of, and under which password."""
    return {
        "login": claims.login, "expires_at": claims.expires_at, "family": claims.family,
        "fingerprint": claims.fingerprint,
    }


def revoked(login: str, family: str | None, now: float) -> OutboxMessage:
    """Tells who holds connections of a player that tokens are dead: all, or a family's."""
    params = {"login": login, "family": family, "at": timestamp(now)}
    return OutboxMessage(f"auth.{login}", events.REVOKED, params, players=(login,))
