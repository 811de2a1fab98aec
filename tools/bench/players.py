"""Players who have never registered: written into the databases, since a password's hash costs."""

import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.pool import NullPool

from accounts.models import Account
from auth import token_codec
from auth.models import Base, CredentialsRow
from auth.redis_token_families import RedisFamilies
from auth.token_families import Family, Tokens
from extensions.settings import Settings, types_by_name
from extensions.settings.loader import load_settings
from extensions.storage.redis_client import RedisClient

UNKNOWN_PASSWORD = "nobody can log in by this hash"
LIFETIME_SECONDS = 86_400.0
ROWS_AT_ONCE = 500
REDIS_CONNECTIONS = 1


def make_players(settings: Mapping[str, str], number: int) -> list[str]:
    """Make so many players in the databases of these settings; return their access tokens."""
    known = load_settings({name: settings[name] for name in types_by_name() if name in settings})
    keys, now = token_codec.Keys.of(known.token_secret, known.token_secret_previous), time.time()
    made = [
        token_codec.new_claims(
            f"p{uuid.uuid4().hex[:15]}", token_codec.ACCESS, now, LIFETIME_SECONDS,
            token_codec.fingerprint(UNKNOWN_PASSWORD),
        )
        for _ in range(number)
    ]
    _insert(known.db_uri("auth", Base.__name__), CredentialsRow.__table__, (
        {"login": each.login, "password_hash": UNKNOWN_PASSWORD} for each in made
    ))
    _insert(known.db_uri("accounts", Base.__name__), Account.__table__, (
        {"login": each.login, "display_name": each.login, "bio": "", "created_at": now}
        for each in made
    ))
    _store_families(known, made)
    return [token_codec.encode(each, keys) for each in made]


def _store_families(settings: Settings, made: list[token_codec.Claims]) -> None:
    if not settings.redis_url:
        _insert(settings.db_uri("auth", Tokens.__name__), Family.__table__, (
            {
                "family": each.family, "login": each.login, "refresh_id": each.token_id,
                "expires_at": each.expires_at,
            }
            for each in made
        ))
        return
    client = RedisClient(settings.redis_url, REDIS_CONNECTIONS)
    families = RedisFamilies(client)
    for each in made:
        families.add(each.login, each.family, each.token_id, each.expires_at, each.issued_at)
    client.close()


def _insert(uri: str, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Add the rows a few hundred in a transaction, so that a service can write in between."""
    engine: Engine = create_engine(uri, poolclass=NullPool)
    waiting = list(rows)
    for begin in range(0, len(waiting), ROWS_AT_ONCE):
        with engine.begin() as connection:
            connection.execute(insert(table), waiting[begin : begin + ROWS_AT_ONCE])
    engine.dispose()
