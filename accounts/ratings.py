"""Ratings in the database: results are counted, and how strong players are, and were, is read.

Ratings are by player and game; who has none yet is as strong as any newcomer. So is, as an
opponent, a player whose account is gone: the game counts for the one who is still there, whether
the other one left before it was counted or after.
"""

from sqlalchemy import delete, or_, select

from accounts.glicko2 import Strength, after_idling, rate
from accounts.models import Account, CountedSession, Rating, RatingChange
from accounts.results import Result
from extensions.fault_points import Point, after

# Who is no better known than this is told apart: there the rating is little more than a guess.
PROVISIONAL_ABOVE = 110.0
# Longer than any session's result may come again: after the outage that kept it back.
REMEMBERED = 7 * 86_400.0
FORGOTTEN_AT_ONCE = 10_000
# Of a player's rated games of one game; each one more takes the place of the oldest.
CHANGES_KEPT = 1_000


@after(Point.BEFORE_COMMIT)
def count(session, result: Result, now: float) -> None:
    """Move the ratings of a rated game's players, by what they were before it.

    A session counts once, however often it is told.
    """
    present = _lock_players(session, list(result.scores))
    if not present or session.get(CountedSession, result.session_id) is not None:
        return
    session.add(CountedSession(session_id=result.session_id, counted_at=now))
    rows = _ratings(session, result.game, present)
    before = {login: strength(row, result.ended_at) for login, row in rows.items()}
    for login, row in rows.items():
        [opponent] = set(result.scores) - {login}
        score = result.scores[login]
        after = rate(before[login], [(before.get(opponent, Strength()), score)])
        row.take(after, score, result.ended_at)
        _note_change(session, row, result)


def strength(row: Rating, now: float) -> Strength:
    """How strong the player is now, the time since the last game considered."""
    known = Strength(row.rating, row.deviation, row.volatility)
    return known if row.rated_at is None else after_idling(known, now - row.rated_at)


def best(session, game: str, limit: int, begin: list | None) -> list[tuple[Rating, str]]:
    """Who has played a rated game, best first, and the names to be shown; after a position."""
    query = (
        select(Rating, Account.display_name)
        .join(Account, Account.login == Rating.login)
        .where(Rating.game == game)
        .order_by(Rating.rating.desc(), Rating.login)
        .limit(limit)
    )
    if begin is not None:
        rating, login = begin
        # The first of the two conditions lets the index begin there.
        query = query.where(
            Rating.rating <= rating, or_(Rating.rating < rating, Rating.login > login)
        )
    return [(row, name) for row, name in session.execute(query)]


def course(session, login: str, game: str, limit: int, begin: list | None) -> list[RatingChange]:
    """What a player's rating was after each rated game, the newest first; after a position."""
    query = (
        select(RatingChange)
        .where(RatingChange.login == login, RatingChange.game == game)
        .order_by(RatingChange.number.desc())
        .limit(limit)
    )
    if begin is not None:
        query = query.where(RatingChange.number < begin[0])
    return list(session.scalars(query))


def forget(session, now: float) -> None:
    """Forget sessions that were counted long ago; some at a time."""
    old = (
        select(CountedSession.session_id)
        .where(CountedSession.counted_at < now - REMEMBERED)
        .order_by(CountedSession.counted_at)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(CountedSession).where(CountedSession.session_id.in_(old.scalar_subquery()))
    )


def _lock_players(session, logins: list[str]) -> list[str]:
    """Those of the players who have an account, locked one after the other in a fixed order.

    All that is done to a player's ratings is done under this lock, the first one's making too.
    """
    query = select(Account.login).where(Account.login.in_(logins))
    return list(session.scalars(query.order_by(Account.login).with_for_update()))


def _ratings(session, game: str, logins: list[str]) -> dict[str, Rating]:
    """The players' ratings in a game, made where there are none."""
    query = select(Rating).where(Rating.game == game, Rating.login.in_(logins))
    rows = {row.login: row for row in session.scalars(query)}
    for login in logins:
        if login not in rows:
            rows[login] = Rating(login=login, game=game)
            session.add(rows[login])
    session.flush()  # fills in what a rating begins with
    return rows


def _note_change(session, row: Rating, result: Result) -> None:
    """Keep what a rating has become by a result."""
    session.execute(
        delete(RatingChange).where(
            RatingChange.login == row.login, RatingChange.game == row.game,
            RatingChange.number <= row.games - CHANGES_KEPT,
        )
    )
    session.add(RatingChange(
        login=row.login, game=row.game, number=row.games, session_id=result.session_id,
        at=result.ended_at, rating=row.rating, deviation=row.deviation,
    ))
