"""What each viewer may see of a session and of its events.

`viewer` is the login of a player of the session, or None for a spectator. What a viewer may see is
decided here and by the game's `view`, and nowhere else.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

from arbiter_games.contract import Move, Record, State
from extensions.clock import timestamp
from sessions import events, takebacks
from sessions.commands import open_claims
from sessions.limited_game import suspension_of
from sessions.match import ENDED, Match, SessionEvent
from sessions.schemas import EventView, GameExport, SessionSnapshot, SessionSummary
from sessions.standing_moves import MadeMove

# The number of connections of each player, and under None of all spectators.
ConnectionCounts: TypeAlias = Counter[str | None]


def summary(match: Match, counts: ConnectionCounts) -> SessionSummary:
    """Return a session as it is shown in a list."""
    return {
        "session_id": match.session_id,
        "game": match.game.name,
        "game_version": match.game.version,
        "options": match.options,
        "speed": match.speed,
        "players": match.players,
        "status": match.status,
        "version": match.version,
        "to_move": [] if suspension_of(match.game) else match.to_move,
        "connected": [login for login in match.players if login in counts],
        "spectators": counts[None],
        "result": match.result,
        "created_at": timestamp(match.created_at),
        "ended_at": timestamp(match.ended_at),
        "deadlines": _deadlines(match),
    }


def _deadlines(match: Match) -> dict[str, dict[str, str]] | None:
    """Return when the days and the vacation of each player to move end; None without days."""
    if match.clocks is None or not match.has_days or suspension_of(match.game):
        return None
    return {
        login: {name: timestamp(at) for name, at in ends.items()}
        for login, ends in match.clocks.deadlines().items()
    } or None


def snapshot(
    match: Match, viewer: str | None, counts: ConnectionCounts, now: float
) -> SessionSnapshot:
    """Return a session as this viewer may see it now."""
    return {
        **summary(match, counts),
        "state": state_view(match, match.state, viewer),
        "legal": legal_moves(match, match.state, match.to_move, viewer),
        "clocks": match.clocks.remaining(now) if match.clocks else None,
        "clock_details": match.clocks.details(now) if match.clocks else None,
        "draw_offered_by": match.draw_offered_by,
        "takeback_offered_by": match.takeback_offered_by,
        "takebacks": suspension_of(match.game) is None and takebacks.are_allowed(match),
        "out": match.out,
        "claims": open_claims(match, viewer, now),
        "rematch_asked_by": _rematch_requests(match, viewer),
    }


def _rematch_requests(match: Match, viewer: str | None) -> list[str]:
    """Return the players who have asked for a rematch that has not begun; only players are told."""
    is_open = match.rematch_session_id is None and viewer in match.players
    return match.rematch_requests if is_open else []


def event_view(match: Match, event: SessionEvent, viewer: str | None) -> EventView:
    """Return a stored event as this viewer may see it."""
    common = {"version": event.version, "at": timestamp(event.at), "type": event.type}
    return cast(EventView, {**common, **event_params(match, event, viewer)})


def event_params(
    match: Match, event: SessionEvent, viewer: str | None, sealed: bool | None = None
) -> dict[str, Any]:
    """Return what this viewer may see of an event's data.

    `sealed` says whether secrets are kept; without it, they are until the session has ended.
    """
    data = dict(event.data)
    if event.type == events.PLAYER_DISCONNECTED:
        data["deadline"] = timestamp(data["deadline"])
    if "state" in data:
        sealed = match.status != ENDED if sealed is None else sealed
        after, command = data["state"], data.get("command")
        data["state"] = state_view(match, after, viewer, sealed)
        data["legal"] = legal_moves(match, after, data["to_move"], viewer)
        if sealed and command:
            shown = match.game.shown_move(
                command["move"], match.players.index(command["login"]), match.seat(viewer), after
            )
            data["command"] = {**command, "move": shown}
    return data


def state_view(match: Match, state: State, viewer: str | None, sealed: bool | None = None) -> State:
    """Return a state of the game as this viewer may see it; all of it, if it is not sealed."""
    if match.status != ENDED if sealed is None else sealed:
        return match.game.view(state, match.seat(viewer))
    return match.game.reveal(state)


def legal_moves(match: Match, state: State, to_move: list[str], viewer: str | None) -> list[Move]:
    """Return the moves that are open to the viewer; none for one who is not to move."""
    if viewer not in to_move:
        return []
    return match.game.legal_moves(state, match.players.index(viewer))


def export(
    match: Match, initial_state: State, moves: Sequence[MadeMove], site: str
) -> GameExport:
    """Return a finished session in the usual form for its game; `moves` are all that stand."""
    name, text = match.game.export(
        Record(
            title=match.game.title, site=site, date=timestamp(match.created_at)[:10],
            players=match.players, options=match.options, setup=initial_state,
            moves=[(match.players.index(made.login), made.move) for made in moves],
            result=dict(match.result or {}),
            seed=match.seed if match.game.chance else None,
            versions=[made.version for made in moves],
            left=[
                (match.players.index(login), sum(made.version < version for made in moves))
                for login, version in match.left.items()
            ],
            clocks=[] if match.has_days else [
                made.clocks[made.login] for made in moves if made.clocks
            ],
        )
    )
    return {"format": name, "text": text}
