"""What the session service shows of a session, to whom, and what it announces of it.

`viewer` is the login of a player of the session, or None for a spectator: who sees what is decided
here and by the game's `view`, and nowhere else.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from arbiter_games.contract import Game, Record
from extensions.clock import timestamp
from extensions.outbox.outbox import OutboxMessage
from sessions import events
from sessions.match import ENDED, Match, SessionEvent

Presence = Counter[str | None]  # how many connections each player has, and (None) all spectators


def game(game: Game) -> dict[str, Any]:
    return {
        "name": game.name, "title": game.title,
        "min_players": game.min_players, "max_players": game.max_players,
    }


def summary(match: Match, presence: Presence) -> dict[str, Any]:
    """A session as it stands in a list."""
    return {
        "session_id": match.session_id,
        "game": match.game.name,
        "options": match.options,
        "players": match.players,
        "status": match.status,
        "version": match.version,
        "to_move": match.to_move,
        "connected": [login for login in match.players if login in presence],
        "spectators": presence[None],
        "result": match.result,
        "created_at": timestamp(match.created_at),
        "ended_at": timestamp(match.ended_at),
    }


def session(
    match: Match, viewer: str | None, presence: Presence, now: float
) -> dict[str, Any]:
    """A session as this viewer may see it now."""
    return {
        **summary(match, presence),
        "state": view(match, match.state, viewer),
        "legal": _legal(match, match.state, match.to_move, viewer),
        "clocks": match.clocks.remaining(now) if match.clocks else None,
        "draw_offered_by": match.draw_offered_by,
        "claims": match.claims(viewer, now),
    }


def event(match: Match, event: SessionEvent, viewer: str | None) -> dict[str, Any]:
    """A stored event as this viewer may see it, as `sessions.history` gives it."""
    return {
        "version": event.version, "at": timestamp(event.at), "type": event.type,
        **_params(match, event, viewer),
    }


def created(match: Match, login: str, presence: Presence, now: float) -> OutboxMessage:
    """Tells a player that a session of theirs has begun; whenever it is told, by the same id."""
    params = {
        "at": timestamp(match.created_at), "session_id": match.session_id,
        "session": session(match, login, presence, now),
    }
    about = f"session.{match.session_id}.created"
    known_by = uuid.uuid5(uuid.NAMESPACE_OID, f"{about} {login}").hex
    return OutboxMessage(about, events.CREATED, params, players=(login,), id=known_by)


def begun(
    match: Match, key: str, logins: Iterable[str], presence: Presence, now: float
) -> dict[str, Any]:
    """A session that has begun, and what each of its players among these is told of it."""
    told = {
        login: created(match, login, presence, now).body
        for login in match.players if login in logins
    }
    return {
        "session_id": match.session_id, "key": key, "begun_at": match.created_at, "notices": told
    }


def notices(match: Match, happened: list[SessionEvent]) -> list[OutboxMessage]:
    """What is announced of the events, to each what they may see, and nothing twice."""
    return [notice for event in happened for notice in _notices(match, event)]


def _notices(match: Match, event: SessionEvent) -> list[OutboxMessage]:
    common = {
        "at": timestamp(event.at), "session_id": match.session_id, "version": event.version
    }
    everybody = events.everybody(match.session_id)
    if event.type == events.ENDED:
        ended = OutboxMessage(everybody, event.type, {**common, **event.data})
        return [ended, _result(match, event)]
    if event.type != events.STATE_CHANGED:
        return [OutboxMessage(everybody, event.type, {**common, **_params(match, event, None)})]
    if not match.game.secrets:
        return [_for_everybody(match, event, common)]
    return _for_each(match, event, common)


def _for_everybody(match: Match, event: SessionEvent, common: dict[str, Any]) -> OutboxMessage:
    # Everybody sees the same but for the moves open to them: the gateway picks these out.
    params = {**common, **_params(match, event, None)}
    del params["legal"]
    state, to_move = event.data["state"], event.data["to_move"]
    legal = {login: _legal(match, state, to_move, login) for login in to_move}
    return OutboxMessage(
        events.everybody(match.session_id), event.type, params, internal={"legal": legal}
    )


def _for_each(match: Match, event: SessionEvent, common: dict[str, Any]) -> list[OutboxMessage]:
    return [
        OutboxMessage(
            events.spectators(match.session_id) if viewer is None
            else events.one_player(match.session_id, viewer),
            event.type,
            {**common, **_params(match, event, viewer, sealed=True)},
        )
        for viewer in (*match.players, None)
    ]


def _result(match: Match, event: SessionEvent) -> OutboxMessage:
    """What whoever counts results is told of a session that has ended."""
    body = {
        "session_id": match.session_id, "game": match.game.name, "options": match.options,
        "players": match.players, "result": match.result, "ended_at": event.at,
    }
    return OutboxMessage(
        f"session.{match.session_id}", events.RESULT, body, exchange=events.RESULTS_EXCHANGE
    )


def audience(match: Match, spectators: int, now: float) -> OutboxMessage:
    """Tells those connected to a session how many watch it."""
    params = {
        "at": timestamp(now), "session_id": match.session_id, "spectators": spectators
    }
    return OutboxMessage(events.everybody(match.session_id), events.SPECTATORS_CHANGED, params)


def rematch_asked(match: Match, login: str | None, now: float) -> OutboxMessage:
    """Tells the players of a session that one of them asks to play again, or asks no more."""
    params = {"at": timestamp(now), "session_id": match.session_id, "login": login}
    about = f"session.{match.session_id}.rematch"
    return OutboxMessage(about, events.REMATCH_ASKED, params, players=tuple(match.players))


def record(match: Match, setup: Any, happened: list[SessionEvent], site: str) -> Record:
    """A finished session as its game exports it."""
    commands = [event.data["command"] for event in happened if event.type == events.STATE_CHANGED]
    return Record(
        title=match.game.title, site=site, date=timestamp(match.created_at)[:10],
        players=match.players, options=match.options, setup=setup,
        moves=[(match.players.index(each["login"]), each["move"]) for each in commands],
        result=match.result,
    )


def _params(
    match: Match, event: SessionEvent, viewer: str | None, sealed: bool | None = None
) -> dict[str, Any]:
    """What this viewer may see of an event; `sealed`: as it was seen while the game went on."""
    data = dict(event.data)
    if event.type == events.PLAYER_DISCONNECTED:
        data["deadline"] = timestamp(data["deadline"])
    if event.type == events.STATE_CHANGED:
        sealed = match.status != ENDED if sealed is None else sealed
        state, command = data["state"], data["command"]
        data["state"] = view(match, state, viewer, sealed)
        data["legal"] = _legal(match, state, data["to_move"], viewer)
        if sealed:
            shown = match.game.shown_move(
                command["move"], match.seat(command["login"]), match.seat(viewer), state
            )
            data["command"] = {**command, "move": shown}
    return data


def view(match: Match, state: Any, viewer: str | None, sealed: bool | None = None) -> Any:
    """A state of the game as this viewer may see it; all of it, once the session has ended."""
    if match.status != ENDED if sealed is None else sealed:
        return match.game.view(state, match.seat(viewer))
    return match.game.reveal(state)


def _legal(match: Match, state: Any, to_move: list[str], viewer: str | None) -> list[Any]:
    if viewer not in to_move:
        return []
    return match.game.legal_moves(state, match.seat(viewer))
