"""What happens by itself: flags, the ends of graces, first moves. Pure decisions on a match."""

from sessions import departures, flags
from sessions.match import ABANDONMENT, ABORTED, ENDED, Match, SessionEvent


def next_deadline(match: Match) -> float | None:
    """Return when something happens by itself, if nothing else does before."""
    if match.status == ENDED:
        return None
    moments = [*match.join_deadlines.values(), *match.first_move_deadlines.values()]
    moments += [at for login, at in match.grace_deadlines.items() if not match.needs_claim(login)]
    timeout_at = match.clocks.timeout_at() if match.clocks else None
    if timeout_at is not None:
        moments.append(timeout_at)
    return min(moments, default=None)


def is_overdue(match: Match, now: float) -> bool:
    """Return whether something should have happened by itself."""
    deadline = next_deadline(match)
    return deadline is not None and deadline <= now


def expire(match: Match, now: float) -> list[SessionEvent]:
    """Decide what is due: a flag that fell, a grace that ended, a first move never made."""
    happened: list[SessionEvent] = []
    while match.status != ENDED and (more := _expire_first(match, now)):
        happened += more  # of several players, more than one may be late
    return happened


def _expire_first(match: Match, now: float) -> list[SessionEvent]:
    late = match.clocks.timed_out(now) if match.clocks else None
    if late is not None:
        return flags.end(match, late, now)
    if len(match.players) > 2:
        _excuse_who_is_out(match, now)
    absent = sorted(
        (at, login) for login, at in match.grace_deadlines.items()
        if at <= now and not match.needs_claim(login)
    )
    if absent:
        login = absent[0][1]
        if login in match.last_move_version:
            return departures.leave(match, login, ABANDONMENT, now)
        return [match.end(now, ABORTED)]
    awaited = (*match.join_deadlines.values(), *match.first_move_deadlines.values())
    if any(at <= now for at in awaited):
        return [match.end(now, ABORTED)]
    return []


def _excuse_who_is_out(match: Match, now: float) -> None:
    """Remove the deadlines of players who are out by the rules, as they may go."""
    for due in (match.join_deadlines, match.first_move_deadlines, match.grace_deadlines):
        for login in [each for each, at in due.items() if at <= now and match.is_out(each)]:
            del due[login]


def extend(match: Match, login: str, until: float) -> bool:
    """Give a player until then to come or to move, if not longer; return whether that is new."""
    late = [
        due for due in (match.join_deadlines, match.first_move_deadlines, match.grace_deadlines)
        if due.get(login, until) < until
    ]
    for due in late:
        due[login] = until
    return bool(late)


def postpone(match: Match, seconds: float) -> None:
    """Move all deadlines by time in which nobody could have done anything."""
    for due in (match.join_deadlines, match.first_move_deadlines, match.grace_deadlines):
        due.update({login: at + seconds for login, at in due.items()})
    if match.clocks:
        match.clocks = match.clocks.postpone(seconds)
