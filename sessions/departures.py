"""One of several players leaves, and the others play on. Pure decisions on a match.

Of two players, the other one has won. Who has left does not come back, and needs neither to be
there nor to move.
"""

import random

from arbiter_games.contract import Leaving, Outcome
from sessions import events
from sessions.match import ABANDONMENT, ABORTED, ENDED, Match, SessionEvent

MAX_MOVES_BY_LOT = 100  # in a row, of seats whose players have left


def leave(match: Match, login: str, reason: str, now: float) -> list[SessionEvent]:
    """Have a player leave, who resigns, is abandoned or has run out of time.

    The session ends if it is one of two, if the game says so, and if only one is left, who wins.
    """
    if len(match.players) <= 2:
        return [match.end(now, reason, loser=login)]
    after = match.game.leave(match.state, match.players.index(login))
    match.left = {**match.left, login: match.version + 1}
    if after is Leaving.END:
        return [match.end_by(Outcome(None, reason), now)]
    match.last_move_version[login] = match.version + 1
    if after is not Leaving.BY_LOT:
        match.put(after)
    for due in (match.join_deadlines, match.first_move_deadlines, match.grace_deadlines):
        due.pop(login, None)
    match.draw_offers, match.takeback_offers = {}, {}
    if match.clocks:
        match.move_clocks(match.clocks, "", now)
    happened = [match.position_event(events.PLAYER_LEFT, now, login=login, reason=reason)]
    outcome = match.game.outcome(match.state)
    if outcome is not None:
        return [*happened, match.end_by(outcome, now)]
    return [*happened, *go_on(match, now, reason)]


def go_on(match: Match, now: float, reason: str = ABANDONMENT) -> list[SessionEvent]:
    """Decide what follows after each move of a session that somebody has left.

    The last one who is in has won. Else the server makes the moves of seats whose players have
    left, until others are to move.
    """
    happened: list[SessionEvent] = []
    while match.status != ENDED:
        if len(still := staying(match)) < 2:
            winner = match.players.index(still[0]) if still else None
            return [*happened, match.end_by(Outcome(winner, reason), now)]
        login = next((each for each in match.to_move if each in match.left), None)
        if login is None:
            break
        if len(happened) == MAX_MOVES_BY_LOT:
            return [*happened, match.end(now, ABORTED)]
        legal = match.game.legal_moves(match.state, match.players.index(login))
        lot = random.Random(f"{match.seed} {match.version} by lot")
        happened += match.move(login, lot.choice(legal), now)
    return happened


def staying(match: Match) -> list[str]:
    """Return the players who are still in."""
    return [login for login in match.players if not match.is_out(login)]
