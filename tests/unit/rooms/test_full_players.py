"""Who is in as many active sessions as one may be opens no room; hardly anybody is asked about."""

import pytest
from nameko.exceptions import RpcTimeout

from rooms.expiry import FULL_KEPT_SECONDS
from sessions.exceptions import TooManySessions


@pytest.fixture
def begin(service, open_room):
    """Begins a session of two players in a room."""

    def begin(owner="alice", login="bob"):
        return service.join(open_room(owner=owner, seats=2), login)

    return begin


def test_players_are_asked_about_once_a_session(service, begin, sessions):
    begin()
    service.store_sessions()
    asked = list(sessions.asked_about)
    begin("carol", "alice")
    begin("alice", "carol")
    assert asked == [["alice", "bob"]]
    assert sessions.asked_about == asked + [["alice", "carol"]]


def test_players_of_one_second_are_asked_about_at_once(service, begin, open_room, sessions):
    rooms = [open_room(owner=owner, seats=2) for owner in ("alice", "carol")]
    for room_id in rooms:
        service.join(room_id, "bob")
    service.store_sessions()
    service.store_sessions()
    assert sessions.asked_about == [["alice", "bob", "carol"]]


@pytest.mark.parametrize("private", [False, True])
def test_full_player_opens_no_room_until_a_session_ends(
    service, begin, sessions, refused, private
):
    begin()
    sessions.full = {"alice"}
    service.store_sessions()
    with refused(TooManySessions):
        service.create("alice", "dobutsu", {}, private=private)
    with refused(TooManySessions):
        service.challenge("alice", "carol", "dobutsu", {})
    service.create("bob", "dobutsu", {})
    sessions.full = set()
    assert service.create("alice", "dobutsu", {}, private=private)["status"] == "open"


def test_full_players_are_found_when_sessions_answers(service, begin, sessions, refused):
    begin()
    sessions.full, sessions.away = {"bob"}, True
    with pytest.raises(RpcTimeout):
        service.store_sessions()
    sessions.away = False
    service.store_sessions()
    with refused(TooManySessions):
        service.create("bob", "dobutsu", {})


def test_full_players_are_forgotten_after_a_month(service, begin, sessions, clock):
    begin()
    sessions.full = {"alice"}
    service.store_sessions()
    clock.advance(FULL_KEPT_SECONDS + 1)
    service.sweep()
    service.create("alice", "dobutsu", {})
    assert sessions.asked_about == [["alice", "bob"]]
