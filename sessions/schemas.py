"""What the session service shows of a session, to whom, and what it announces of it.

`viewer` is the login of a player of the session, or None for a spectator: who sees what is decided
here and by the game's `view`, and nowhere else.
"""

from typing import Any

from extensions.announcements import Notice
from extensions.clock import timestamp
from sessions import events
from sessions.games.base import Game
from sessions.match import Event, Match


def game(game: Game) -> dict[str, Any]:
    return {
        "name": game.name, "title": game.title,
        "min_players": game.min_players, "max_players": game.max_players,
    }


def summary(match: Match, presence: list[str | None]) -> dict[str, Any]:
    """A session as it stands in a list; `presence` has the player, or None, of each connection."""
    return {
        "session_id": match.session_id,
        "game": match.game.name,
        "options": match.options,
        "players": match.players,
        "status": match.status,
        "version": match.version,
        "to_move": match.to_move,
        "connected": [login for login in match.players if login in presence],
        "spectators": presence.count(None),
        "result": match.result,
        "created_at": timestamp(match.created_at),
        "ended_at": timestamp(match.ended_at),
    }


def session(match: Match, viewer: str | None, presence: list[str | None]) -> dict[str, Any]:
    """A session as this viewer may see it."""
    return {
        **summary(match, presence),
        "state": _view(match, match.state, viewer),
        "legal": _legal(match, match.state, match.to_move, viewer),
        "clocks": None,
        "draw_offered_by": None,
        "claims": [],
    }


def event(match: Match, event: Event, viewer: str | None) -> dict[str, Any]:
    """A stored event as this viewer may see it, as `sessions.history` gives it."""
    return {
        "version": event.version, "at": timestamp(event.at), "type": event.type,
        **_params(match, event, viewer),
    }


def created(match: Match, login: str, presence: list[str | None]) -> Notice:
    """Tells a player that a session of theirs has begun."""
    params = {
        "at": timestamp(match.created_at), "session_id": match.session_id,
        "session": session(match, login, presence),
    }
    about = f"session.{match.session_id}.created"
    return Notice(about, events.CREATED, params, players=(login,))


def notices(match: Match, happened: list[Event]) -> list[Notice]:
    """What is announced of the events, to each what they may see, and nothing twice."""
    return [notice for event in happened for notice in _notices(match, event)]


def _notices(match: Match, event: Event) -> list[Notice]:
    common = {
        "at": timestamp(event.at), "session_id": match.session_id, "version": event.version
    }
    everybody = events.everybody(match.session_id)
    if event.type == events.ENDED:
        return [Notice(everybody, event.type, {**common, **event.data}), _result(match, event)]
    if event.type != events.STATE_CHANGED:
        return [Notice(everybody, event.type, {**common, **_params(match, event, None)})]
    viewers = [*match.players, None]
    params = {viewer: _params(match, event, viewer) for viewer in viewers}
    legal = {login: params[login].pop("legal") for login in match.players}
    params[None].pop("legal")
    if all(params[login] == params[None] for login in match.players):
        # Everybody sees the same but for the moves open to them: the gateway picks these out.
        return [Notice(everybody, event.type, {**common, **params[None]},
                       private={"legal": legal})]
    return [
        Notice(
            events.spectators(match.session_id) if viewer is None
            else events.one_player(match.session_id, viewer),
            event.type,
            {**common, **params[viewer], "legal": legal.get(viewer, [])},
        )
        for viewer in viewers
    ]


def _result(match: Match, event: Event) -> Notice:
    """What whoever counts results is told of a session that has ended."""
    body = {
        "session_id": match.session_id, "game": match.game.name, "options": match.options,
        "players": match.players, "result": match.result, "ended_at": event.at,
    }
    return Notice(
        f"session.{match.session_id}", events.RESULT, body, exchange=events.RESULTS_EXCHANGE
    )


def _params(match: Match, event: Event, viewer: str | None) -> dict[str, Any]:
    data = dict(event.data)
    if event.type == events.PLAYER_DISCONNECTED:
        data["deadline"] = timestamp(data["deadline"])
    if event.type == events.STATE_CHANGED:
        state = data["state"]
        data["state"] = _view(match, state, viewer)
        data["legal"] = _legal(match, state, data["to_move"], viewer)
    return data


def _view(match: Match, state: Any, viewer: str | None) -> Any:
    return match.game.view(state, match.seat(viewer))


def _legal(match: Match, state: Any, to_move: list[str], viewer: str | None) -> list[Any]:
    if viewer not in to_move:
        return []
    return match.game.legal_moves(state, match.seat(viewer))
