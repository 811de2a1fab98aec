"""Which players are in as many active sessions as one may be."""

from collections.abc import Iterable

from extensions import json_codec
from extensions.storage.pipeline import Pipeline

# More are not looked at, as each is read. Who has played so many more may have a few more active.
MAX_COUNTED = 1000
# By the player's sessions one by one: a join might go by all that are active.
FULL = """
    SELECT given.value FROM {given} WHERE %s <= (
        SELECT count(*) FROM (
            SELECT session_id FROM session_players WHERE name = given.value
            ORDER BY created_at DESC, session_id DESC LIMIT %s
        ) AS newest WHERE 'active' = (
            SELECT status FROM sessions WHERE sessions.session_id = newest.session_id
        )
    )
"""
FULL_POSTGRESQL = FULL.format(given="unnest(%s::text[]) AS given (value)")
FULL_SQLITE = FULL.format(given="json_each(%s) AS given").replace("%s", "?")


def full_players(pipeline: Pipeline, logins: Iterable[str], most: int) -> list[str]:
    """Return those of the players who are in so many active sessions."""
    by_name = {login.lower(): login for login in logins}
    if not by_name:
        return []
    names = [*by_name]
    if pipeline.is_postgresql:
        rows = pipeline.read_only(FULL_POSTGRESQL, (names, most, MAX_COUNTED))
    else:
        encoded = json_codec.encode(names).decode()
        rows = pipeline.read_only(FULL_SQLITE, (encoded, most, MAX_COUNTED))
    return [by_name[name] for (name,) in rows]
