"""What the searcher tells of a search, and what it announces."""

from extensions.announcements import Notice
from extensions.clock import timestamp
from searcher import events
from searcher.matching import Request
from searcher.store import Pairing


def searching(request: Request, now: float, searching: int, estimate: float | None) -> dict:
    """How a player's search stands."""
    return {
        "status": "searching", "game": request.game, "options": request.options,
        "waited": now - request.since, "searching": searching, "estimate": estimate,
    }


def beginning(pairing: Pairing, now: float) -> dict:
    """How a search stands that has found somebody, and whose session has not begun yet."""
    return {
        "status": "searching", "game": pairing.game, "options": pairing.options,
        "waited": now - pairing.taken_at, "searching": len(pairing.players), "estimate": None,
    }


def found(pairing: Pairing, session_id: str, login: str) -> dict:
    """What a player is told who has an opponent at once."""
    return {
        "status": "found", "session_id": session_id, "opponent": _opponent(pairing, login)
    }


def opponent_found(pairing: Pairing, session_id: str, now: float) -> list[Notice]:
    """Tells each player who the other is."""
    return [
        Notice(
            f"pairing.{pairing.pairing_id}", events.OPPONENT_FOUND,
            {
                "at": timestamp(now), "session_id": session_id, "game": pairing.game,
                "options": pairing.options, "opponent": _opponent(pairing, login),
            },
            players=(login,), id=f"{pairing.pairing_id}.{login}",
        )
        for login in pairing.players
    ]


def expired(request: Request, now: float) -> Notice:
    """Tells a player that nobody was found."""
    params = {
        "at": timestamp(now), "game": request.game, "options": request.options,
        "waited": now - request.since,
    }
    return Notice(f"search.{request.login}", events.EXPIRED, params, players=(request.login,))


def _opponent(pairing: Pairing, login: str) -> str:
    return next(other for other in pairing.players if other != login)
