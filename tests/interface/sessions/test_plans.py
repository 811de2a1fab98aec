"""A page of sessions visits its own rows, however many sessions have been played."""

import pytest
from sqlalchemy.orm import Session

from sessions.models import Base
from sessions.storage import full_players
from sessions.storage.listings import SessionListing

SESSIONS, PLAYERS, PAGE = 40_000, 2_000, 51
OF_ONE = SESSIONS * 2 / PLAYERS
ACTIVE_OF_ONE = SESSIONS / PLAYERS  # of two players in a hundred
REGULAR_EVERY = 7  # of the sessions, the player "regular" is in one


@pytest.fixture(scope="module")
def plans(new_plans):
    """Sessions of two games, of which one in ten is private and one in a hundred active."""
    plans = new_plans("sessions", Base)
    plans.fill(
        f"""
        INSERT INTO sessions (session_id, key, game, options, players, private, seed, status,
            version, state, progress, created_at, ended_at)
        SELECT 's-' || number, number, CASE number % 50 WHEN 0 THEN 'rare' ELSE 'dobutsu' END,
            '{{}}', '[]', number % 10 = 3, 'seed',
            CASE number % 100 WHEN 0 THEN 'active' ELSE 'ended' END, 1, '{{}}', '{{}}', number,
            CASE number % 100 WHEN 0 THEN NULL ELSE number END
        FROM generate_series(1, {SESSIONS}) AS number
        """,
        f"""
        INSERT INTO session_players (session_id, name, created_at)
        SELECT session_id, 'player-' || key::int % {PLAYERS}, created_at FROM sessions UNION ALL
        SELECT session_id, 'player-' || (key::int + 1) % {PLAYERS}, created_at FROM sessions
        UNION ALL
        SELECT session_id, 'regular', created_at FROM sessions WHERE key::int % {REGULAR_EVERY} = 0
        """,
        then="ANALYZE",  # as where many have been played since the last vacuum
    )
    return plans


@pytest.mark.parametrize("viewer", [None, "player-7"])
@pytest.mark.parametrize("position", [None, [SESSIONS * 0.8, "s-32000"]])
@pytest.mark.parametrize("asked", [
    {}, {"status": "active"}, {"status": "ended"}, {"game": "rare"},
    {"game": "rare", "status": "active"}, {"game": "rare", "status": "ended"},
], ids=str)
def test_a_page_of_all_visits_its_own_rows(plans, viewer, position, asked):
    def ask(connection):
        listing = SessionListing(Session(connection))
        given = {"login": None, "game": None, "status": None, **asked}
        return listing.visible(viewer, position=position, limit=PAGE, **given)

    page, visited = plans.rows_visited(ask)
    assert len(page) == PAGE
    of_viewer = 0 if viewer is None else OF_ONE
    assert visited <= 2 * (2 * PAGE + of_viewer) + 20


@pytest.mark.parametrize("asked", [{}, {"game": "rare"}, {"status": "ended"}], ids=str)
def test_a_page_of_one_player_visits_that_players_rows(plans, asked):
    def ask(connection):
        listing = SessionListing(Session(connection))
        given = {"game": None, "status": None, **asked}
        return listing.visible("player-9", "player-7", position=None, limit=PAGE, **given)

    _, visited = plans.rows_visited(ask)
    assert visited <= 3 * 2 * OF_ONE + 20


@pytest.mark.parametrize("position", [None, [SESSIONS * 0.8, "s-32000"]])
@pytest.mark.parametrize("viewer", [None, "player-9"])
@pytest.mark.parametrize("game", [None, "dobutsu"])
def test_a_page_of_one_player_visits_its_own_rows(plans, game, viewer, position):
    def ask(connection):
        listing = SessionListing(Session(connection))
        return listing.visible(viewer, "regular", game, None, position, PAGE)

    page, visited = plans.rows_visited(ask)
    assert len(page) == PAGE
    of_viewer = 0 if viewer is None else OF_ONE
    assert visited <= 3 * (2 * PAGE + of_viewer) + 20


def test_whether_players_are_full_visits_their_own_rows(plans):
    logins = [f"player-{number}" for number in range(10)]

    def ask(connection):
        values = (logins, ACTIVE_OF_ONE, full_players.MAX_COUNTED)
        return connection.exec_driver_sql(full_players.FULL_POSTGRESQL, values).all()

    full, visited = plans.rows_visited(ask)
    assert full == [("player-0",), ("player-1",)]
    assert visited <= len(logins) * (2 * OF_ONE + 5)
