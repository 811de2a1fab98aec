"""Pages visit their own rows, however many players there are."""

import pytest
from sqlalchemy.orm import Session

from accounts import contact_storage, storage
from accounts.models import Base, Follow

PLAYERS, PAGE = 20_000, 51
FOLLOWED, BLOCKS = 10, 90  # of which few are the player's


@pytest.fixture(scope="module")
def plans(new_plans):
    """Players with three ratings each: two speeds of one game, and another game."""
    plans = new_plans("accounts", Base)
    plans.fill(
        f"""
        INSERT INTO accounts (login, display_name, bio, created_at)
        SELECT 'player-' || number, 'name', '', 0 FROM generate_series(1, {PLAYERS}) AS number
        """,
        """
        INSERT INTO ratings (login, game, speed, rating, deviation, volatility, wins, draws, losses)
        SELECT login, game, speed, 1000 + hashtext(login || game) % 1000, 50, 0.06, 1, 0, 0
        FROM accounts
        CROSS JOIN (VALUES ('dobutsu', 'blitz'), ('dobutsu', 'days'), ('chess', 'blitz'))
            AS played (game, speed)
        """,
        "UPDATE accounts SET kind = 'bot' WHERE login LIKE 'player-77%'",
        "INSERT INTO gateway_leases VALUES ('g1', 1000, 1), ('g2', 1000, 1)",
        """
        INSERT INTO online_players (login, gateway_id) SELECT login, gateway_id
        FROM accounts CROSS JOIN gateway_leases WHERE hashtext(login) % 4 = 0 OR kind = 'bot'
        """,
        """
        INSERT INTO follows (login, other) SELECT one.login, other.login
        FROM accounts AS one CROSS JOIN accounts AS other
        WHERE one.login LIKE 'player-1234_' AND other.login LIKE 'player-12_'
        """,
        """
        INSERT INTO blocks (login, other) SELECT other, login FROM follows
        WHERE login <> 'player-12345'
        """,
    )
    return plans


@pytest.mark.parametrize("after", [None, (1500.0, "player-500"), (10.0, "player-7")])
def test_a_page_of_the_leaderboard_visits_its_own_rows(plans, after):
    def ask(connection):
        return storage.leaderboard(Session(connection), "dobutsu", "blitz", after, PAGE)

    page, visited = plans.rows_visited(ask)
    assert len(page) == PAGE
    assert visited <= 2 * 2 * PAGE + 20  # with the accounts


@pytest.mark.parametrize("after", [None, ("player-500",)])
def test_a_page_of_accounts_visits_its_own_rows(plans, after):
    def ask(connection):
        return storage.list_accounts(Session(connection), after, PAGE)

    page, visited = plans.rows_visited(ask)
    assert len(page) == PAGE
    assert visited <= 4 * PAGE + 10  # with their ratings


@pytest.mark.parametrize(("bots", "after"), [(False, None), (False, "player-5"), (True, None)])
def test_a_page_of_who_is_online_visits_its_own_rows(plans, bots, after):
    def ask(connection):
        session = Session(connection)
        logins = contact_storage.maybe_online(session, "player-12345", bots, after, PAGE)
        return contact_storage.find_many(session, "player-12345", logins, 500)

    page, visited = plans.rows_visited(ask)
    assert len(page) == PAGE
    assert visited <= 10 * PAGE + BLOCKS  # of two gateways, with accounts


def test_a_list_of_players_visits_its_own_rows(plans):
    def ask(connection):
        session = Session(connection)
        return contact_storage.on_list(session, Follow, "player-12345", 500, None, PAGE)

    page, visited = plans.rows_visited(ask)
    assert len(page) == FOLLOWED
    assert visited <= 2 * PAGE + 2 * BLOCKS + FOLLOWED
