"""A flag falls: the session ends by a player's time. Pure decisions on a match."""

from sessions import departures
from sessions.clocks import Clocks
from sessions.match import ABORTED, TIMEOUT, Match, SessionEvent


def expire_own(
    match: Match, login: str, clocks: Clocks | None, now: float
) -> list[SessionEvent]:
    """End the session if the flag of the player who commands had fallen before.

    Whatever the command is, it is too late then. `clocks` are those of the match, with the time
    given back that the command was under way.
    """
    clocks = clocks or match.clocks
    if clocks is not None and clocks.fallen_flag(now) == login:
        return end(match, login, now)
    return []


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
