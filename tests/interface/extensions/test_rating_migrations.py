"""Ratings from before speeds were told apart go on as those of games without a clock."""

from sqlalchemy.orm import Session

from accounts import storage
from tests.interface.extensions.migrated import make_tables, row, tables, unreflected

pytestmark = unreflected
ROWS = 3


def test_ratings_from_before_speeds_are_classical(new_database, migrate, opened):
    uri = new_database()
    engine = opened(uri)
    make_tables(engine, "accounts", "Base", "accounts_0004")
    with engine.begin() as connection:
        for table in tables(engine):
            if table.name in ("accounts", "ratings", "rating_changes"):
                connection.execute(table.insert(), [row(table, number) for number in range(ROWS)])
    migrate("accounts", "Base", uri)
    with Session(engine) as session:
        for number in range(ROWS):
            login, game = f"login{number}", f"game{number}"
            [(rating, *_)] = storage.leaderboard(session, game, "classical", None, ROWS)
            assert (rating.login, rating.rating, rating.wins) == (login, number, number)
            assert storage.leaderboard(session, game, "blitz", None, ROWS) == []
            [change] = storage.rating_history(session, login, game, "classical", None, ROWS)
            assert (change.number, change.rating) == (number, number)
            faster = storage.ratings(session, game, "blitz", [login])[login]
            storage.add_rating_change(session, faster, "s1", 1.0)
            session.flush()  # beside those that were there
            assert faster.games == 0
