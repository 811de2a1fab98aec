"""Players come and go: connections, grace periods, absent players. Pure decisions on a match."""

from sessions import departures, events, exceptions, limited_game
from sessions.exceptions import GAME_ERRORS
from sessions.match import ABANDONMENT, ENDED, Match, SessionEvent

# Where players have days for a move. Events are stored for good, and visits have no end; and draws
# are to be offered after them, which MAX_EVENTS_BETWEEN_MOVES limits.
MAX_EVENTS_BEFORE_SILENCE = 100


def connect(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Note a player's first connection."""
    if match.status == ENDED:
        return []
    match.join_deadlines.pop(login, None)
    match.grace_deadlines.pop(login, None)
    if _is_silent(match):
        return []
    return [match.next_event(events.PLAYER_CONNECTED, now, login=login)]


def disconnect(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Begin the grace of a player whose last connection is gone.

    What is due by then, as after a grace of 0, the timer decides: that asks the game, which may
    fail, and that the player is gone is to be known all the same. There is no grace where players
    have days for a move, and for who is out: leaving costs nothing.
    """
    if match.status == ENDED or _is_silent(match):
        return []
    deadline = None
    if not match.has_days and not _is_known_to_be_out(match, login):
        deadline = match.grace_deadlines[login] = now + match.settings.grace
    return [match.next_event(events.PLAYER_DISCONNECTED, now, login=login, deadline=deadline)]


def absent_player(match: Match, login: str, now: float) -> str | None:
    """Return the opponent whose absence gives the player a claim; of several, the first."""
    absent = [
        (at, other) for other, at in match.grace_deadlines.items()
        if at <= now and other != login and match.needs_claim(other) and not match.is_out(other)
    ]
    if not absent or limited_game.suspension_of(match.game):
        return None  # who is refused meanwhile is not absent
    return min(absent)[1]


def claim_victory(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Make an opponent leave who has been away for too long."""
    absent = absent_player(match, login, now)
    if absent is None:
        raise exceptions.CannotClaim(
            "There is no victory to claim: the opponent has not been away for long enough"
        )
    return departures.leave(match, absent, ABANDONMENT, now)


def _is_known_to_be_out(match: Match, login: str) -> bool:
    """Return whether a player is out; not where the game fails at that."""
    try:
        return match.is_out(login)
    except GAME_ERRORS:
        return False


def _is_silent(match: Match) -> bool:
    """Return whether coming and leaving are no events until the next move."""
    return (
        match.has_days and match.version - match.position_version >= MAX_EVENTS_BEFORE_SILENCE
    )
