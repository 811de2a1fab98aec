"""Database time of the lists among a million rows, on an engine of its own: `lists`.

The rows are written by the engine itself, and the lists are asked for by the services' own queries.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

import accounts.storage
import rooms.storage
import sessions.models
from extensions.settings.loader import load_settings
from extensions.storage.engines import migrate
from sessions.storage.listings import SessionListing
from tools.bench import lists_rows
from tools.launch.postgres import Postgres

PAGE = 50
REPEATS = 5
PLAYER = "p7"  # of lists_rows, who has played a thousand times
SERVICES = ("sessions", "rooms", "accounts")


def list_milliseconds(production: bool, rows: int) -> dict[str, float]:
    """Return the database's time in milliseconds for a page of each list, by its name."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="arbiter-bench-")))
        uris = {name: f"sqlite:///{folder}/{name}.sqlite" for name in SERVICES}
        if production:
            server = stack.enter_context(Postgres(folder, list(SERVICES), durable=False))
            uris = {name: server.uri(name) for name in SERVICES}
        engines = {
            name: stack.enter_context(_filled(name, uri, rows)) for name, uri in uris.items()
        }
        return {
            name: _median(engines[name.partition(".")[0]], ask)
            for name, ask in lists(rows).items()
        }


@contextmanager
def _filled(service: str, uri: str, rows: int) -> Iterator[Engine]:
    """Make the tables of a service, fill them, and yield the engine."""
    migrate(load_settings({f"{service.upper()}_DB_URI": uri}), service, "Base")
    engine = sqlalchemy.create_engine(uri, poolclass=StaticPool)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            connection.exec_driver_sql("PRAGMA cache_size = -400000")
        else:  # the rows are right: don't look up each one's parent
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in lists_rows.statements(service, rows, is_sqlite):
            connection.exec_driver_sql(statement)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    try:
        yield engine
    finally:
        engine.dispose()


def _median(engine: Engine, ask: Callable[[Session], Any]) -> float:
    """Return the time of the statements of a list and of their rows, the middle one of some."""
    statements: list[tuple[str, Any]] = []

    def record(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        statements.append((statement, parameters))

    sqlalchemy.event.listen(engine, "before_cursor_execute", record)
    with Session(engine) as session:
        found = ask(session)
    sqlalchemy.event.remove(engine, "before_cursor_execute", record)
    if not found:
        raise RuntimeError("A list among so many rows is empty.")
    cursor, times = engine.raw_connection().cursor(), []
    for _ in range(REPEATS):
        began = time.perf_counter()
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
            cursor.fetchall()
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)[REPEATS // 2]


def _sessions(**narrowed: Any) -> Callable[[Session], Any]:
    given = {"viewer": None, "login": None, "game": None, "status": None, "position": None,
             **narrowed}

    def ask(session: Session) -> Any:
        found = SessionListing(session).visible(**given, limit=PAGE + 1)
        row = sessions.models.SessionRow
        ids = [each.session_id for each in found]
        return session.execute(select(row.__table__).where(row.session_id.in_(ids))).all()

    return ask


def _rooms(game: str | None) -> Callable[[Session], Any]:
    return lambda session: rooms.storage.list_open(session, game, None, PAGE + 1)


def _leaderboard(after: tuple[float, str] | None) -> Callable[[Session], Any]:
    return lambda session: accounts.storage.leaderboard(
        session, "dobutsu", "classical", after, PAGE + 1
    )


def lists(rows: int) -> dict[str, Callable[[Session], Any]]:
    """Return what asks for a page of each list, by its name, which begins with the service's."""
    middle = [lists_rows.time_of(rows // 2), "s"]
    return {
        "sessions.list": _sessions(),
        "sessions.list, active": _sessions(status="active"),
        "sessions.list, of a game": _sessions(game="dobutsu"),
        "sessions.list, of a player": _sessions(login=PLAYER, viewer=PLAYER),
        "sessions.list, of a player, from the middle": _sessions(
            login=PLAYER, viewer=PLAYER, position=middle
        ),
        "sessions.list, of a player's game": _sessions(login=PLAYER, game="dobutsu"),
        "sessions.list, from the middle": _sessions(position=middle),
        "rooms.list": _rooms(None),
        "rooms.list, of a game": _rooms("dobutsu"),
        "accounts.leaderboard": _leaderboard(None),
        "accounts.leaderboard, from the middle": _leaderboard((1500.0, "p")),
    }
