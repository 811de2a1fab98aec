"""What is asked of rooms all the time visits few rows, however many rooms have ended."""

import pytest
from sqlalchemy.orm import Session

from rooms import challenge_storage, lease_storage, room_transaction, storage
from rooms.models import Base

ENDED, OPEN = 20_000, 2_000
PAGE = 51
ROOMS = """
    INSERT INTO rooms (room_id, game, options, seats, owner, private, status, created_at,
        alive_until, session_id, revision)
    SELECT '{kind}-' || number, CASE number % 100 WHEN 0 THEN 'rare' ELSE 'dobutsu' END, '{{}}', 2,
        'owner-' || number % 500, {private}, '{status}', number, 1000 + number, {session}, 1
    FROM generate_series(1, {rooms}) AS number
"""
CHALLENGES = """
    UPDATE rooms SET challenged = owner || '-guest', side = 'random', hidden = false
    WHERE room_id LIKE 'e-%'
"""
OTHERS = """
    INSERT INTO other_challenged (room_id, login, created_at)
    SELECT room_id, owner || '-' || number, created_at FROM rooms, generate_series(1, 4) AS number
    WHERE room_id LIKE 'e-%'
"""
SEATS = """
    INSERT INTO seats (room_id, login, position)
    SELECT room_id, owner, 0 FROM rooms UNION ALL
    SELECT room_id, owner || '-guest', 1 FROM rooms WHERE challenged IS NULL
"""


@pytest.fixture(scope="module")
def plans(new_plans):
    """Rooms of which many have ended; most of those that are open are private."""
    plans = new_plans("rooms", Base)
    plans.fill(
        ROOMS.format(kind="a", status="filled", private="false", session="'s'", rooms=ENDED),
        ROOMS.format(kind="b", status="closed", private="false", session="NULL", rooms=ENDED),
        ROOMS.format(kind="c", status="open", private="true", session="NULL", rooms=OPEN),
        ROOMS.format(kind="d", status="open", private="false", session="NULL", rooms=OPEN),
        ROOMS.format(kind="e", status="open", private="true", session="NULL", rooms=OPEN),
        CHALLENGES,
        OTHERS,
        SEATS,
    )
    return plans


@pytest.mark.parametrize(("game", "after", "found"), [
    (None, None, PAGE), (None, (OPEN * 0.8, "d-0"), PAGE),
    ("rare", None, OPEN / 100), ("rare", (OPEN * 0.8, "d-0"), OPEN / 100 * 0.8 - 1),
])
def test_a_page_of_the_list_visits_its_rooms_and_their_seats(plans, game, after, found):
    def ask(connection):
        return storage.list_open(Session(connection), game, after, PAGE)

    rooms, visited = plans.rows_visited(ask)
    assert len(rooms) == found
    assert visited <= 3 * PAGE + 10


def test_a_list_of_challenges_visits_the_players_own(plans):
    def ask(connection):
        session = Session(connection)
        return [
            len(challenge_storage.list_open(session, login, None, PAGE))
            for login in ("owner-7", "owner-7-guest", "owner-7-2")
        ]

    found, visited = plans.rows_visited(ask)
    assert found == [OPEN / 500] * 3
    assert visited <= 3 * (4 * OPEN / 500 + 10)


def test_leases_that_are_due_visit_no_others(plans):
    def ask(connection):
        return lease_storage.expiring_members(Session(connection), 1100.5, None, 1000)

    members, visited = plans.rows_visited(ask)
    assert len(members) == (2 + 2 + 1) * 100
    assert visited <= 2 * len(members)


def test_a_room_that_is_opened_visits_its_owners_rooms(plans):
    def ask(connection):
        text = room_transaction.COUNT_POSTGRESQL
        values = ("owner-7", "owner-7", "owner-7", "request", "owner-7")
        return connection.exec_driver_sql(text.partition(";")[2], values).one()

    own, visited = plans.rows_visited(ask)
    assert own == (2 * OPEN / 500, OPEN / 500, None, False)
    assert visited <= 5 * (2 * ENDED + 2 * OPEN) / 500
