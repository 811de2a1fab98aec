"""What is asked of rooms all the time visits few rows, however many rooms have ended."""

import pytest
from sqlalchemy.orm import Session

from rooms import lease_storage, room_transaction, storage
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
SEATS = """
    INSERT INTO seats (room_id, login, position)
    SELECT room_id, owner, 0 FROM rooms UNION ALL SELECT room_id, owner || '-guest', 1 FROM rooms
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


def test_leases_that_are_due_visit_no_others(plans):
    def ask(connection):
        return lease_storage.expiring_members(Session(connection), 1100.5, None, 1000)

    members, visited = plans.rows_visited(ask)
    assert len(members) == 2 * 2 * 100
    assert visited <= 2 * len(members)


def test_a_room_that_is_opened_visits_its_owners_rooms(plans):
    def ask(connection):
        text = room_transaction.COUNT_POSTGRESQL
        values = ("owner-7", "owner-7", "owner-7", "request")
        return connection.exec_driver_sql(text.partition(";")[2], values[1:]).one()

    (open_rooms, opened_before), visited = plans.rows_visited(ask)
    assert (open_rooms, opened_before) == (2 * OPEN / 500, None)
    assert visited <= 5 * (2 * ENDED + 2 * OPEN) / 500
