"""What is stored of accounts, ratings and counted results.

Every function works in the transaction of the session that it is given.
"""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from accounts.kinds import BOT, GUEST, PLAYER
from accounts.models import Account, CountedSession, Rating, RatingChange

COUNTED_SESSIONS_BATCH = 10_000
# Of a player's rated games of one game and speed; each one more takes the place of the oldest.
MAX_RATING_CHANGES = 1_000


def find(session: Session, login: str, lock: bool = False) -> Account | None:
    """Return the account of a login, whatever the case in which it is written.

    Locked, others may still name it in rows of theirs: two who follow each other do not deadlock.
    """
    query = select(Account).where(func.lower(Account.login) == login.lower())
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def find_many(session: Session, logins: Sequence[str]) -> list[Account]:
    """Return the accounts that there are of these logins."""
    keys = [login.lower() for login in logins]
    return list(session.scalars(select(Account).where(func.lower(Account.login).in_(keys))))


def find_kinds(session: Session, logins: Sequence[str]) -> dict[str, str]:
    """Return the kinds of those of these logins that are no ordinary players', by login."""
    query = select(Account.login, Account.kind).where(
        Account.login.in_(logins), Account.kind != PLAYER
    )
    return {login: kind for login, kind in session.execute(query)}


def list_accounts(session: Session, after: tuple[str, ...] | None, limit: int) -> list[Account]:
    """Return accounts by their logins, from behind a position `(login,)`."""
    query = select(Account).order_by(func.lower(Account.login)).limit(limit)
    if after is not None:
        query = query.where(func.lower(Account.login) > after[0])
    return list(session.scalars(query))


def add(session: Session, login: str, kind: str, now: float) -> None:
    """Store the account of a new player."""
    session.add(Account(login=login, display_name=login, kind=kind, created_at=now))


def claim(session: Session, account: Account) -> bool:
    """Make a guest's account a player's; returns whether it was a guest's."""
    if account.kind != GUEST:
        return False
    guest = Account.login == account.login, Account.kind == GUEST
    claimed = session.execute(update(Account).where(*guest).values(kind=PLAYER))
    return cast(CursorResult[tuple[()]], claimed).rowcount == 1


def delete_account(session: Session, account: Account) -> None:
    """Delete an account with its ratings."""
    session.delete(account)


def leaderboard(
    session: Session, game: str, speed: str, after: tuple[float, str] | None, limit: int
) -> list[tuple[Rating, str, str]]:
    """Return ratings of a game and speed with their players' display names and kinds, not of bots.

    The best come first. They begin behind a position `(rating, login)`.
    """
    query = (
        select(Rating, Account.display_name, Account.kind)
        .join(Account, Account.login == Rating.login)
        .where(Rating.game == game, Rating.speed == speed, Account.kind != BOT)
        .order_by(Rating.rating.desc(), Rating.login)
        .limit(limit)
    )
    if after is not None:
        rating, login = after
        # The first of the two conditions lets the index begin there.
        query = query.where(
            Rating.rating <= rating, or_(Rating.rating < rating, Rating.login > login)
        )
    return [row._tuple() for row in session.execute(query)]


def rating_history(
    session: Session, login: str, game: str, speed: str, after: tuple[int, ...] | None, limit: int
) -> list[RatingChange]:
    """Return what a player's rating was after each rated game, the newest first.

    The changes begin behind a position `(number,)`.
    """
    query = (
        select(RatingChange)
        .where(
            RatingChange.login == login, RatingChange.game == game, RatingChange.speed == speed
        )
        .order_by(RatingChange.number.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(RatingChange.number < after[0])
    return list(session.scalars(query))


def lock_players(session: Session, logins: Sequence[str]) -> list[str]:
    """Lock these players' accounts, in a fixed order; returns the logins that have one.

    Guests, who are not rated, count as if they had none.
    All that is done to a player's ratings is done under this lock, creating the first one too.
    """
    query = select(Account.login).where(Account.login.in_(logins), Account.kind != GUEST)
    return list(session.scalars(query.order_by(Account.login).with_for_update(key_share=True)))


def was_counted(session: Session, session_id: str) -> bool:
    """Tell whether the result of a session has been counted."""
    return session.get(CountedSession, session_id) is not None


def add_counted(session: Session, session_id: str, now: float) -> None:
    """Store that the result of a session is counted."""
    session.add(CountedSession(session_id=session_id, counted_at=now))


def ratings(
    session: Session, game: str, speed: str, logins: Sequence[str]
) -> dict[str, Rating]:
    """Return locked players' ratings at a game and speed, by login.

    Those without one get their first.
    """
    query = select(Rating).where(
        Rating.game == game, Rating.speed == speed, Rating.login.in_(logins)
    )
    rows = {row.login: row for row in session.scalars(query)}
    for login in logins:
        if login not in rows:
            rows[login] = Rating(login=login, game=game, speed=speed)
            session.add(rows[login])
    session.flush()  # fills in the defaults of a new rating
    return rows


def add_rating_change(
    session: Session, rating: Rating, session_id: str, at: float,
    place: int | None = None, players: int | None = None,
) -> None:
    """Store what a rating has become by a session that ended at this time.

    Of a session of more than two `players`, the player's place is stored too.
    """
    session.execute(
        delete(RatingChange).where(
            RatingChange.login == rating.login, RatingChange.game == rating.game,
            RatingChange.speed == rating.speed,
            RatingChange.number <= rating.games - MAX_RATING_CHANGES,
        )
    )
    session.add(RatingChange(
        login=rating.login, game=rating.game, speed=rating.speed, number=rating.games,
        session_id=session_id, at=at, rating=rating.rating, deviation=rating.deviation,
        place=place, players=players,
    ))


def forget_counted(session: Session, counted_before: float) -> None:
    """Delete the oldest counted sessions, a batch at a time."""
    old = (
        select(CountedSession.session_id)
        .where(CountedSession.counted_at < counted_before)
        .order_by(CountedSession.counted_at)
        .limit(COUNTED_SESSIONS_BATCH)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(CountedSession).where(CountedSession.session_id.in_(old.scalar_subquery()))
    )
