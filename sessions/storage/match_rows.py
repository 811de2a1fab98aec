"""Which columns a match is made of, in text SQL, and how their values are read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from extensions import json_codec
from extensions.settings import Settings
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.storage.sessions import match_of

_COLUMNS = "session_id, game, {json}, private, created_at, version, status, ended_at"
_JSON_COLUMNS = ("options", "players", "state", "progress", "result")
COLUMNS_SQLITE = _COLUMNS.format(json=", ".join(_JSON_COLUMNS))
COLUMNS_POSTGRESQL = _COLUMNS.format(json=", ".join(f"{name}::text" for name in _JSON_COLUMNS))
LOCK_POSTGRESQL = "SELECT 1 FROM sessions WHERE session_id = ANY(%s) ORDER BY session_id FOR UPDATE"


class MatchRow(NamedTuple):
    """The columns of a session that a match is made of, in the order in which they are read."""

    session_id: str
    game: str
    options: dict[str, Any]
    players: list[str]
    state: Any
    progress: dict[str, Any]
    result: dict[str, Any] | None
    private: bool
    created_at: float
    version: int
    status: str
    ended_at: float | None


def read_match(row: Sequence[Any], registry: GameRegistry, settings: Settings) -> Match | None:
    """Return the match of a row that begins with these columns; None if its game is gone."""
    if row[1] not in registry:
        return None
    decode = json_codec.decode
    columns = MatchRow(
        row[0], row[1], decode(row[2]), decode(row[3]), decode(row[4]), decode(row[5]),
        None if row[6] is None else decode(row[6]), bool(row[7]), *row[8:12],
    )
    return match_of(columns, registry, settings)
