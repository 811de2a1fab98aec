"""SQL that fills the tables of sessions, rooms and accounts, for SQLite and for PostgreSQL.

Of a thousand sessions one is active, and one of a hundred private; each of a thousand players has
played a thousandth of them, and the rest of their opponents are all different. One of a thousand
rooms is open.
"""

from collections.abc import Iterator

BEGAN_AT = 1_700_000_000.0
SECONDS_APART = 1.0
FREQUENT_PLAYERS = 1_000
ACTIVE_EVERY = OPEN_EVERY = 1_000
PRIVATE_EVERY = 100
OTHER_GAME_EVERY = 11  # so that some of its sessions are active


def time_of(number: int) -> float:
    """Return when the session, room or account of this number was made."""
    return BEGAN_AT + SECONDS_APART * number


def statements(service: str, rows: int, is_sqlite: bool) -> Iterator[str]:
    """Yield the statements that fill a service's tables with so many rows."""
    source = (
        f"(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {rows}) "
        "SELECT n FROM g) AS numbers" if is_sqlite else f"generate_series(1, {rows}) AS numbers(n)"
    )
    # Ids in no order, as real ones: a bijection of the numbers.
    spread = "(CAST(n AS BIGINT) * 7919 % 1000003)"
    for table, columns in TABLES[service].items():
        names, values = ", ".join(columns), ", ".join(columns.values())
        statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}"
        statement = (
            statement.replace("{id}", f"CAST({spread} AS VARCHAR(32))")
            .replace("{at}", f"({BEGAN_AT} + n * {SECONDS_APART})")
            .replace("{json}", "'{}'" if is_sqlite else "CAST('{}' AS JSON)")
        )
        yield statement if is_sqlite else statement.replace("%", "%%")  # as psycopg2 takes it


def _every(number: int, then: str, otherwise: str) -> str:
    return f"CASE WHEN n % {number} = 0 THEN {then} ELSE {otherwise} END"


GAME = _every(OTHER_GAME_EVERY, "'chess'", "'dobutsu'")
PRIVATE = f"n % {PRIVATE_EVERY} = 1"
TABLES: dict[str, dict[str, dict[str, str]]] = {
    "sessions": {
        "sessions": {
            "session_id": "'s' || {id}", "key": "'k' || {id}", "game": GAME, "options": "{json}",
            "players": "{json}", "private": PRIVATE, "seed": "'seed'",
            "status": _every(ACTIVE_EVERY, "'active'", "'ended'"), "version": "40",
            "state": "{json}", "progress": "{json}", "deadline": "NULL",
            "result": _every(ACTIVE_EVERY, "NULL", "{json}"), "created_at": "{at}",
            "ended_at": _every(ACTIVE_EVERY, "NULL", "{at}"),
        },
        "session_players": {
            "name": f"'p' || CAST(n % {FREQUENT_PLAYERS} AS VARCHAR(20))",
            "session_id": "'s' || {id}", "created_at": "{at}",
        },
    },
    "rooms": {
        "rooms": {
            "room_id": "'r' || {id}", "game": GAME, "options": "{json}", "seats": "2",
            "owner": "'p'", "private": PRIVATE,
            "status": _every(OPEN_EVERY, "'open'", "'filled'"), "created_at": "{at}",
            "alive_until": "{at}", "session_id": _every(OPEN_EVERY, "NULL", "'s' || {id}"),
            "revision": "1",
        },
        "seats": {"room_id": "'r' || {id}", "login": "'p' || {id}", "position": "0"},
    },
    "accounts": {
        "accounts": {
            "login": "'p' || {id}", "display_name": "'player'", "bio": "''",
            "created_at": "{at}",
        },
        "ratings": {
            "login": "'p' || {id}", "game": "'dobutsu'", "rating": "1000 + n % 100003 / 100.0",
            "deviation": "100", "volatility": "0.06", "wins": "1", "draws": "0", "losses": "1",
            "rated_at": "{at}",
        },
    },
}
