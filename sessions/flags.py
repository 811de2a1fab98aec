"""A flag falls: the session ends by a player's time. Pure decisions on a match."""

from sessions import departures, limited_game
from sessions.clocks import Clocks
from sessions.match import ABORTED, TIMEOUT, Match, SessionEvent


def expire_own(
    match: Match, login: str, clocks: Clocks | None, now: float
) -> list[SessionEvent]:
    """End the session if the flag of the player who commands had fallen before.

    Whatever the command is, it is too late then. `clocks` are those of the match, with the time
    given back that the command was under way. While the game is suspended, or waits for its rules,
    no flag falls: what comes of it could not be asked.
    """
    clocks = clocks or match.clocks
    if clocks is None or clocks.fallen_flag(now) != login or limited_game.suspension_of(match.game):
        return []
    return end(match, login, now)


def end(match: Match, login: str, now: float) -> list[SessionEvent]:
    """End the session by the player's fallen flag: a draw if the opponent can no longer win.

    A player who had days for a first move and made none has not begun: it does not count. One of
    several players leaves, and the others play on.
    """
    if len(match.players) > 2:
        return departures.leave(match, login, TIMEOUT, now)
    if match.has_days and login not in match.last_move_version:
        return [match.end(now, ABORTED)]
    others = [seat for seat, other in enumerate(match.players) if other != login]
    if any(match.game.can_win(match.state, seat) for seat in others):
        return [match.end(now, TIMEOUT, loser=login)]
    return [match.end(now, TIMEOUT, drawn=True)]
