"""Matches in and out of the database: each function is one or two statements of a transaction."""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, insert, literal, select, tuple_, update

from arbiter_games.contract import Game
from extensions.storage.database import upsert
from sessions.clocks import Clocks
from sessions.match import ACTIVE, ENDED, Match, SessionEvent
from sessions.models import Audience, Command, Connection
from sessions.models import Event as EventRow
from sessions.models import Gateway, Player
from sessions.models import Session as SessionRow
from sessions.settings import SessionSettings

# What each batch of commands needs is said on the tables, and once: going through the mapped
# classes, and saying it anew each time, would take longer than the database does.
SESSIONS, EVENTS, COMMANDS = (each.__table__ for each in (SessionRow, EventRow, Command))
DROPPED_AT_ONCE = 1000
MATCH_COLUMNS = [column for column in SESSIONS.columns if column.name not in ("key", "seed")]
MATCHES = select(*MATCH_COLUMNS).where(SESSIONS.c.session_id.in_(bindparam("ids", expanding=True)))
MATCHES_LOCKED = MATCHES.order_by(SESSIONS.c.session_id).with_for_update()
UPDATE_MATCH = (
    update(SESSIONS)
    .where(SESSIONS.c.session_id == bindparam("of"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "status", "version", "state", "progress", "result", "deadline", "ended_at"
            )
        }
    )
)
INSERT_EVENT, INSERT_COMMAND = insert(EVENTS), insert(COMMANDS)
ANSWERED = select(
    COMMANDS.c.session_id, COMMANDS.c.login, COMMANDS.c.command_id, COMMANDS.c.version
).where(
    COMMANDS.c.session_id.in_(bindparam("ids", expanding=True)),
    COMMANDS.c.command_id.in_(bindparam("command_ids", expanding=True)),
)


@dataclass
class Arena:
    """What every match is played by: the games there are, and the settings.

    `kept_at` is when this process has last kept time in it; None where nobody asks for that.
    """

    games: dict[str, Game]
    settings: SessionSettings
    kept_at: float | None = None


def new_id() -> str:
    return secrets.token_hex(12)


def add(session, match: Match, key: str, seed: str) -> None:
    """Store a new session."""
    session.add(
        SessionRow(
            session_id=match.session_id, key=key, game=match.game.name, options=match.options,
            players=match.players, private=match.private, seed=seed, created_at=match.created_at,
            **_latest(match),
        )
    )
    session.flush()
    session.execute(
        insert(Player),
        [{"name": login.lower(), "session_id": match.session_id} for login in match.players],
    )


def id_of_key(session, key: str) -> str | None:
    return session.scalar(select(SessionRow.session_id).where(SessionRow.key == key))


def load(session, arena: Arena, ids: Iterable[str], lock: bool = False) -> dict[str, Match]:
    """The matches of these ids that there are; locked in the order of their ids, if asked.

    A session whose game has been taken away is as if not there.
    """
    rows = session.execute(MATCHES_LOCKED if lock else MATCHES, {"ids": sorted(set(ids))})
    return {row.session_id: _match(row, arena) for row in rows if row.game in arena.games}


def due(session, arena: Arena, now: float, limit: int) -> list[Match]:
    """Matches whose deadline has passed, locked; those that another instance holds are left out."""
    query = (
        _playable(arena)
        .where(SessionRow.deadline <= now)
        .order_by(SessionRow.deadline)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_match(row, arena) for row in session.execute(query)]


def put_off(session, ids: Iterable[str], until: float) -> None:
    """Look at these again no sooner than at the given time, whatever their deadlines are."""
    if ids:
        session.execute(
            update(SessionRow).where(SessionRow.session_id.in_(ids)).values(deadline=until)
        )


def standing(session, arena: Arena, now: float) -> tuple[int, int, float | None]:
    """How many matches are active, of how many the deadline has passed, and the first of those."""
    # Written into the statement, so that SQLite too sees that the index of the active ones will do.
    is_active = SessionRow.status == literal(ACTIVE, literal_execute=True)
    late = SessionRow.game.in_(sorted(arena.games)) & (SessionRow.deadline <= now)
    return session.execute(
        select(
            select(func.count()).where(is_active).scalar_subquery(),
            select(func.count()).where(late).scalar_subquery(),
            select(func.min(SessionRow.deadline)).where(late).scalar_subquery(),
        )
    ).one()


def with_deadline(session, arena: Arena) -> list[Match]:
    query = _playable(arena).where(SessionRow.deadline.is_not(None))
    query = query.order_by(SessionRow.session_id).with_for_update()
    return [_match(row, arena) for row in session.execute(query)]


def save(session, changes: list[tuple[Match, list[SessionEvent]]]) -> None:
    """Store the latest state of the matches and append what has happened in them."""
    matches = {match.session_id: match for match, _ in changes}
    if matches:
        session.execute(
            UPDATE_MATCH, [{"of": match.session_id, **_latest(match)} for match in matches.values()]
        )
    rows = [
        {
            "session_id": match.session_id, "version": event.version, "at": event.at,
            "type": event.type, "data": event.data,
        }
        for match, happened in changes
        for event in happened
    ]
    if rows:
        session.execute(INSERT_EVENT, rows)


def answered(session, ids: Iterable[str], command_ids: Iterable[str]) -> dict[tuple, int]:
    """What commands of these ids were answered: (session, login, command id) -> version."""
    asked = {"ids": sorted(set(ids)), "command_ids": sorted(set(command_ids))}
    return {tuple(row[:3]): row[3] for row in session.execute(ANSWERED, asked)}


def remember(session, commands: list[tuple[tuple, int]]) -> None:
    """Keep what commands were answered."""
    if commands:
        session.execute(
            INSERT_COMMAND,
            [
                {"session_id": key[0], "login": key[1], "command_id": key[2], "version": version}
                for key, version in commands
            ],
        )


def events_since(session, session_id: str, since: int) -> list[SessionEvent]:
    query = (
        select(EventRow.version, EventRow.at, EventRow.type, EventRow.data)
        .where(EventRow.session_id == session_id, EventRow.version > since)
        .order_by(EventRow.version)
    )
    return [SessionEvent(*row) for row in session.execute(query)]


def presence(session, ids: Iterable[str]) -> dict[str, Counter[str | None]]:
    """How many connections each player has to these sessions, and (None) all spectators."""
    found: dict[str, Counter[str | None]] = {session_id: Counter() for session_id in ids}
    row = Connection
    query = (
        select(row.session_id, row.player, func.count())
        .where(row.session_id.in_(list(found)))
        .group_by(row.session_id, row.player)
    )
    for session_id, player, number in session.execute(query):
        found[session_id][player] = number
    return found


def listed(
    session, viewer: str | None, name: str | None, game: str | None, status: str | None,
    begin: list | None, limit: int,
) -> list[Row]:
    """Ids of the sessions that the viewer may see in a list, newest first, with creation times."""
    if game is not None and name is None and status is None:
        # Each by an index of its own. One that ends in between is in both, and never in neither.
        found = {
            each for status in (ACTIVE, ENDED)
            for each in listed(session, viewer, name, game, status, begin, limit)
        }
        return sorted(found, key=lambda each: (each[1], each[0]), reverse=True)[:limit]
    row = SessionRow
    query = select(row.session_id, row.created_at)
    if name is not None:
        query = query.join(Player, Player.session_id == row.session_id).where(
            Player.name == name.lower()
        )
    mine = select(Player.session_id).where(Player.name == (viewer or "").lower())
    query = query.where(row.private.is_(False) | row.session_id.in_(mine))
    if game is not None:
        # Of a player's sessions by the player: by an expression SQLite takes no index of games.
        query = query.where((row.game if name is None else row.game.concat("")) == game)
    if status is not None:
        query = query.where(row.status == status)
    if begin is not None:
        at, session_id = begin
        query = query.where(
            row.created_at <= at, (row.created_at < at) | (row.session_id < session_id)
        )
    query = query.order_by(row.created_at.desc(), row.session_id.desc()).limit(limit)
    return list(session.execute(query))


def active_of(session, login: str) -> list[str]:
    query = (
        select(Player.session_id)
        .join(SessionRow, SessionRow.session_id == Player.session_id)
        .where(Player.name == login.lower(), SessionRow.status == ACTIVE)
    )
    return list(session.scalars(query))


def begun_since(
    session, logins: Iterable[str], since: float, after: str, limit: int
) -> list[Row]:
    """Sessions that any of these play, begun after a moment or, in that very one, after a session.

    Their ids, keys and creation times, the oldest first.
    """
    row, names = SessionRow, [login.lower() for login in logins]
    # By the index of when they began, and not all that these players have ever played.
    theirs = exists().where(Player.session_id == row.session_id, Player.name.in_(names))
    query = (
        select(row.session_id, row.key, row.created_at)
        .where(
            row.created_at >= since,
            (row.created_at > since) | (row.session_id > after),
            theirs,
        )
        .order_by(row.created_at, row.session_id)
        .limit(limit)
    )
    return list(session.execute(query))


def connections(session, **where: Any) -> list[Connection]:
    return list(session.scalars(select(Connection).filter_by(**where)))


def connections_of(session, connection_ids: Iterable[str]) -> list[Connection]:
    query = select(Connection).where(Connection.connection_id.in_(list(connection_ids)))
    return list(session.scalars(query))


def put_connection(session, session_id, connection_id, player, gateway_id) -> None:
    values = {
        "session_id": session_id, "connection_id": connection_id, "player": player,
        "gateway_id": gateway_id,
    }
    upsert(session, Connection, values, update=("player", "gateway_id"))


def drop_connections(session, connections: list[Connection]) -> dict[str, set[str | None]]:
    """Delete those of these connections that there still are; whose they were, by session."""
    row = Connection.__table__.c
    dropped: dict[str, set[str | None]] = {}
    for begin in range(0, len(connections), DROPPED_AT_ONCE):
        some = connections[begin : begin + DROPPED_AT_ONCE]
        keys = [(each.session_id, each.connection_id) for each in some]
        statement = delete(Connection.__table__).where(
            tuple_(row.session_id, row.connection_id).in_(keys)
        )
        for session_id, player in session.execute(
            statement.returning(row.session_id, row.player)
        ):
            dropped.setdefault(session_id, set()).add(player)
    return dropped


def note_audience(session, session_id: str) -> None:
    """Note that the number of spectators has changed."""
    # The update, of nothing, waits for who is taking the note that is there: it is put anew then.
    upsert(session, Audience, {"session_id": session_id}, update=("session_id",))


def take_audiences(session, limit: int) -> list[str]:
    """The sessions whose number of spectators has changed, which are noted no more."""
    some = select(Audience.session_id).limit(limit).with_for_update(skip_locked=True)
    taken = delete(Audience).where(Audience.session_id.in_(some.scalar_subquery()))
    return list(session.scalars(taken.returning(Audience.session_id)))


def seed_of(session, session_id: str) -> str:
    return session.scalar(select(SessionRow.seed).where(SessionRow.session_id == session_id))


def note_gateway(session, gateway_id: str, until: float) -> None:
    """Begin a lease for a gateway that has none; it is told so when it renews."""
    upsert(session, Gateway, {"gateway_id": gateway_id, "lease_until": until, "renewed": False})


def renew_gateway(session, gateway_id: str, until: float) -> bool:
    """Prolong a gateway's lease; False where it had none any more."""
    prolonged = session.execute(
        update(Gateway)
        .where(Gateway.gateway_id == gateway_id, Gateway.renewed.is_(True))
        .values(lease_until=until)
    )
    if prolonged.rowcount == 1:
        return True
    values = {"gateway_id": gateway_id, "lease_until": until, "renewed": True}
    upsert(session, Gateway, values, update=("lease_until", "renewed"))
    return False


def lost_gateways(session, now: float) -> list[str]:
    """Gateways whose lease has run out, locked: one that renews its own meanwhile learns of it."""
    query = select(Gateway.gateway_id).where(Gateway.lease_until < now)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def forget_gateway(session, gateway_id: str) -> None:
    session.execute(delete(Gateway).where(Gateway.gateway_id == gateway_id))


def prolong_leases(session, seconds: float) -> None:
    session.execute(update(Gateway).values(lease_until=Gateway.lease_until + seconds))


def _playable(arena: Arena):
    # Asked for in the query, so that others never take the place of these under a limit.
    return select(*MATCH_COLUMNS).where(SessionRow.game.in_(sorted(arena.games)))


def _match(row, arena: Arena) -> Match:
    values = row._asdict()
    values.pop("deadline")
    progress = values.pop("progress")
    values["game"] = arena.games[row.game]
    clocks, rematch, offer = progress["clocks"], progress["rematch"], progress["offer"] or []
    return Match(
        **values, settings=arena.settings,
        last_move_version=progress["moved"],
        join_deadlines=progress["coming"],
        first_move_deadlines=progress["first_moves"],
        grace_deadlines=progress["leaving"],
        draw_offers=dict(zip(offer[::2], offer[1::2], strict=True)),
        clocks=Clocks(**clocks) if clocks else None,
        rematch_requests=rematch.get("asked", []),
        rematch_session_id=rematch.get("session_id"),
    )


def _latest(match: Match) -> dict[str, Any]:
    return {
        "status": match.status, "version": match.version, "state": match.state,
        "progress": _progress(match), "result": match.result, "deadline": match.deadline,
        "ended_at": match.ended_at,
    }


def _progress(match: Match) -> dict[str, Any]:
    """Return what is stored of a match as JSON, under keys that stored sessions have already."""
    rematch: dict[str, Any] = {}
    if match.rematch_requests:
        rematch["asked"] = match.rematch_requests
    if match.rematch_session_id is not None:
        rematch["session_id"] = match.rematch_session_id
    return {
        "moved": match.last_move_version,
        "coming": match.join_deadlines,
        "first_moves": match.first_move_deadlines,
        "leaving": match.grace_deadlines,
        "offer": list(chain.from_iterable(match.draw_offers.items())) or None,
        "clocks": vars(match.clocks) if match.clocks else None,
        "rematch": rematch,
    }
