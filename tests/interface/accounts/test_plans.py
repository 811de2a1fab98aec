"""A page of the leaderboard visits its own rows, however many players have a rating."""

import pytest
from sqlalchemy.orm import Session

from accounts import storage
from accounts.models import Base

PLAYERS, PAGE = 20_000, 51


@pytest.fixture(scope="module")
def plans(new_plans):
    """Players with a rating in two games each."""
    plans = new_plans("accounts", Base)
    plans.fill(
        f"""
        INSERT INTO accounts (login, display_name, bio, created_at)
        SELECT 'player-' || number, 'name', '', 0 FROM generate_series(1, {PLAYERS}) AS number
        """,
        """
        INSERT INTO ratings (login, game, rating, deviation, volatility, wins, draws, losses)
        SELECT login, game, 1000 + hashtext(login || game) % 1000, 50, 0.06, 1, 0, 0
        FROM accounts CROSS JOIN (VALUES ('dobutsu'), ('chess')) AS games (game)
        """,
    )
    return plans


@pytest.mark.parametrize("after", [None, (1500.0, "player-500"), (10.0, "player-7")])
def test_a_page_of_the_leaderboard_visits_its_own_rows(plans, after):
    def ask(connection):
        return storage.leaderboard(Session(connection), "dobutsu", after, PAGE)

    page, visited = plans.rows_visited(ask)
    assert len(page) == PAGE
    assert visited <= 2 * 2 * PAGE + 20  # with the accounts


@pytest.mark.parametrize("after", [None, ("player-500",)])
def test_a_page_of_accounts_visits_its_own_rows(plans, after):
    def ask(connection):
        return storage.list_accounts(Session(connection), after, PAGE)

    page, visited = plans.rows_visited(ask)
    assert len(page) == PAGE
    assert visited <= 3 * PAGE + 10  # with their ratings
