"""Draws: they are offered, accepted, declined and claimed. Pure decisions on a match."""

from sessions import events, exceptions
from sessions.attendance import absent_player
from sessions.departures import staying
from sessions.match import ABANDONMENT, AGREEMENT, Match, SessionEvent

# Events are stored for good and sent to everybody who asks for a session's history; two players
# who offer and decline draws by turns would add to them without end.
MAX_EVENTS_BETWEEN_MOVES = 200


def offer(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Offer a draw; where an opponent has offered one, accept it. Twice changes nothing."""
    if match.draw_offers:
        return [] if match.draw_offered_by == login else accept(match, login, now)
    if match.version - match.position_version >= MAX_EVENTS_BETWEEN_MOVES:
        raise exceptions.InvalidCommand("No more draws can be offered before the next move")
    return [_add_offer(match, login, now)]


def accept(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Agree to a draw, which ends the session once all have who are in; before, it is an offer."""
    _require_offer(match, login)
    if login in match.draw_offers:
        return []
    if match.draw_offers.keys() >= {*staying(match)} - {login}:
        return [match.end(now, AGREEMENT, drawn=True)]
    return [_add_offer(match, login, now)]


def decline(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Refuse the draw that an opponent has offered, for all players."""
    _require_offer(match, login)
    match.draw_offers = {}
    return [match.next_event(events.DRAW_DECLINED, now, login=login)]


def claim(match: Match, login: str, now: float) -> list[SessionEvent]:
    """End the session as a draw, for an opponent's absence or by the rules of the game."""
    if len(match.players) == 2 and absent_player(match, login, now):
        return [match.end(now, ABANDONMENT, drawn=True)]
    reasons = claimable(match, login)
    if not reasons:
        raise exceptions.CannotClaim("There is no draw to claim on the position as it stands")
    return [match.end(now, reasons[0], drawn=True)]


def claimable(match: Match, login: str) -> list[str]:
    """Return the reasons for which the rules let the player to move claim a draw."""
    if login not in match.to_move:
        return []
    return match.game.claims(match.state, match.players.index(login))


def _add_offer(match: Match, login: str, now: float) -> SessionEvent:
    offered = match.next_event(events.DRAW_OFFERED, now, login=login)
    match.draw_offers = {**match.draw_offers, login: offered.version}
    return offered


def _require_offer(match: Match, login: str) -> None:
    if match.draw_offered_by in (None, login):
        raise exceptions.NoDrawOffered(f"Nobody has offered {login} a draw")
