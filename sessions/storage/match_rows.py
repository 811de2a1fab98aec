"""How a match is stored: its columns in text SQL, and its rows in and out."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, text, update
from sqlalchemy.orm import Session as DatabaseSession

from arbiter_games.contract import State
from arbiter_games.results import Score
from extensions import json_codec
from extensions.settings import Settings
from extensions.storage.pipeline import POSTGRESQL, Pipeline
from extensions.storage.writer import Writer
from sessions.changes import Change
from sessions.clocks import Clocks
from sessions.deadlines import next_deadline
from sessions.game_registry import GameRegistry
from sessions.match import ENDED, Match
from sessions.models import EventRow, PlayerRow, SessionRow
from sessions.recent_rows import Row
from sessions.standing_moves import CONTINUED
from sessions.stored_progress import Progress, progress_of
from sessions.time_controls import time_control

# The statements of each batch of commands are built once, and on the tables: to build them anew,
# or to go through the mapped classes, takes longer than the database does.
SESSIONS, EVENTS, PLAYERS = (
    cast(Table, row.__table__) for row in (SessionRow, EventRow, PlayerRow)
)
STATE_COLUMNS = ("status", "version", "state", "progress", "result", "deadline", "ended_at")
UPDATE_MATCH = (
    update(SESSIONS)
    .where(SESSIONS.c.session_id == bindparam("of"))
    .values({name: bindparam(name) for name in STATE_COLUMNS})
)
UPDATE_DEADLINES = (
    update(SESSIONS)
    .where(SESSIONS.c.session_id == bindparam("of"))
    .values(progress=bindparam("progress"), deadline=bindparam("deadline"))
)
# In one round trip, however many sessions there are.
UPDATE_DEADLINES_POSTGRESQL = text("""
    UPDATE sessions SET progress = changed.progress::json, deadline = changed.deadline
    FROM unnest(CAST(:ids AS text[]), CAST(:progress AS text[]), CAST(:deadlines AS float8[]))
        AS changed (id, progress, deadline)
    WHERE session_id = changed.id
""")
INSERT_SESSION, INSERT_EVENT, INSERT_PLAYER = map(insert, (SESSIONS, EVENTS, PLAYERS))

_COLUMNS = (
    "session_id, game, {json}, private, created_at, version, status, ended_at, seed, game_version"
)
_JSON_COLUMNS = ("options", "players", "state", "progress", "result")
COLUMNS_SQLITE = _COLUMNS.format(json=", ".join(_JSON_COLUMNS))
COLUMNS_POSTGRESQL = _COLUMNS.format(json=", ".join(f"{name}::text" for name in _JSON_COLUMNS))
NO_TAKEBACK = (0,)
LOCK_POSTGRESQL = "SELECT 1 FROM sessions WHERE session_id = ANY(%s) ORDER BY session_id FOR UPDATE"


class MatchRow(NamedTuple):
    """The columns of a session that a match is made of, in the order in which they are read."""

    session_id: str
    game: str
    options: dict[str, Any]
    players: list[str]
    state: State
    progress: Progress
    result: Score | None
    private: bool
    created_at: float
    version: int
    status: str
    ended_at: float | None
    seed: str
    game_version: int


def read_match(row: Sequence[Any], registry: GameRegistry, settings: Settings) -> Match:
    """Return the match of a row that begins with these columns."""
    decode = json_codec.decode
    columns = MatchRow(
        row[0], row[1], decode(row[2]), decode(row[3]), decode(row[4]), decode(row[5]),
        None if row[6] is None else decode(row[6]), bool(row[7]), *row[8:14],
    )
    return match_of(columns, registry, settings)


def match_of(row: Any, registry: GameRegistry, settings: Settings) -> Match:
    """Return the match that a row stands for: of the table, or with the same names."""
    progress: Progress = row.progress
    clocks, rematch, offer = progress["clocks"], progress["rematch"], progress["offer"] or []
    takeback = progress.get("takeback", NO_TAKEBACK)
    return Match(
        session_id=row.session_id,
        game=registry.rules(row.game, row.game_version, row.session_id, row.status == ENDED),
        settings=settings,
        options=row.options, players=row.players, private=row.private, state=row.state,
        created_at=row.created_at, version=row.version, status=row.status,
        last_move_version=progress["moved"],
        join_deadlines=progress["coming"],
        first_move_deadlines=progress["first_moves"],
        grace_deadlines=progress["leaving"],
        draw_offers=dict(zip(offer[::2], offer[1::2], strict=True)),
        takeback_offers=dict(takeback[1:]),
        takeback_version=takeback[0],
        clocks=(
            Clocks.of_stored(clocks, time_control(row.options["clock"])) if clocks else None
        ),
        result=row.result,
        rematch_requests=rematch.get("asked", []),
        rematch_session_id=rematch.get("session_id"),
        ended_at=row.ended_at,
        seed=row.seed,
        former=[
            (last, registry.rules(row.game, version, row.session_id, to_show=True))
            for last, version in progress.get("former_rules", ())
        ],
        left=progress.get("left") or {},
    )


def add_session(
    database: Writer, match: Match, key: str, seed: str, start: Mapping[str, Any] | None = None
) -> None:
    """Store a new session. A second one of the same key raises IntegrityError, if need be later.

    `start` is what it begins with if it goes on from another.
    """
    database.execute(INSERT_SESSION, [{
        "session_id": match.session_id, "key": key, "game": match.game.name,
        "game_version": match.game.version, "options": match.options, "players": match.players,
        "private": match.private,
        "seed": seed, "created_at": match.created_at, **_state(match),
    }])
    database.execute(INSERT_PLAYER, [
        {
            "name": login.lower(), "session_id": match.session_id, "created_at": match.created_at,
        }
        for login in match.players
    ])
    if start is not None:
        database.execute(INSERT_EVENT, [{
            "session_id": match.session_id, "version": 0, "at": match.created_at,
            "type": CONTINUED, "data": start,
        }])


def save_changes(database: Writer, changes: list[Change]) -> Any:
    """Store the latest states of matches, and append their events.

    Returns what the database says to the former, if there are any.
    """
    states = {change.match.session_id: change.match for change in changes}
    if not states:
        return ()
    stored = database.execute(
        UPDATE_MATCH, [{"of": each, **_state(match)} for each, match in states.items()]
    )
    rows = [
        {
            "session_id": change.match.session_id, "version": event.version, "at": event.at,
            "type": event.type, "data": event.data,
        }
        for change in changes
        for event in change.events
    ]
    if rows:
        database.execute(INSERT_EVENT, rows)
    return stored


def save_deadlines(database: DatabaseSession, matches: list[Match]) -> None:
    """Store what has changed of matches of which only deadlines have."""
    if not matches:
        return
    if database.get_bind().dialect.name == POSTGRESQL:
        database.execute(UPDATE_DEADLINES_POSTGRESQL, {
            "ids": [each.session_id for each in matches],
            "progress": [json_codec.encode(progress_of(each)).decode() for each in matches],
            "deadlines": [next_deadline(each) for each in matches],
        })
    else:
        database.execute(UPDATE_DEADLINES, [
            {"of": each.session_id, "progress": progress_of(each), "deadline": next_deadline(each)}
            for each in matches
        ])


def save_rows(pipeline: Pipeline, changes: list[Change], read: Mapping[str, Row]) -> list[Row]:
    """Store changes as `save_changes` does, and return the new rows of matches that go on.

    `read` are their rows as they were, by session.
    """
    rows = []
    for session_id, status, version, *texts, _, ended_at in save_changes(pipeline, changes):
        if status != ENDED:
            old = read[session_id]
            rows.append((*old[:4], *texts, *old[7:9], version, status, ended_at, *old[12:14]))
    return rows


def _state(match: Match) -> dict[str, Any]:
    return {
        "status": match.status, "version": match.version, "state": match.state,
        "progress": progress_of(match), "result": match.result, "deadline": next_deadline(match),
        "ended_at": match.ended_at,
    }
