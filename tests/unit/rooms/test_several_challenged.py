"""Challenges to several players: the session begins when all of them have accepted."""

import pytest
from sqlalchemy import select

from extensions import request_id
from rooms.exceptions import AlreadyInRoom, RoomClosed, RoomNotFound
from rooms.models import OtherChallenged
from tests.unit.rooms.support import ROOM_TTL

ALL = ("alice", "bob", "carol", "dave")


@pytest.fixture
def challenge(service, clock, outbox):
    """Challenges three in Alice's name; returns the room's id, once nobody listens any more."""

    def challenge(side="first", hidden=(), login="bob"):
        clock.advance(1)
        others = [(each, each in hidden) for each in ALL[1:] if each != login]
        room_id = service.challenge("alice", login, "dobutsu", {}, side, others=others)["room_id"]
        outbox.forget()
        return room_id

    return challenge


@pytest.fixture
def found_by_others(service):
    """Returns the ids of challenges by which other players could find them."""

    def found_by_others():
        with service.db.get_session() as session:
            return set(session.scalars(select(OtherChallenged.room_id)))

    return found_by_others


def listed(service, login):
    return [room["room_id"] for room in service.challenges(login)["items"]]


def accepted(service, room_id, *logins):
    """Have players accept a challenge; return what the last of them was answered."""
    return [service.accept(room_id, login) for login in logins][-1]


def test_all_are_told_and_find_the_challenge(service, outbox):
    others = [("carol", False), ("dave", False)]
    room = service.challenge("alice", "bob", "dobutsu", {}, others=others)
    assert (room["challenged"], room["others"], room["seats"]) == ("bob", ["carol", "dave"], 4)
    assert outbox.heard == [("room.challenged", ALL)]
    assert outbox.hear("room.challenged")[0]["room"] == room
    for login in ALL:
        assert service.get(room["room_id"], login) == room
        assert service.challenges(login) == {"items": [room], "next": None}
    assert listed(service, "mallory") == []


def test_the_last_to_accept_begins_the_session(service, challenge, sessions, outbox):
    room_id = challenge()
    room = accepted(service, room_id, "carol", "bob")
    assert (room["status"], room["players"]) == ("open", ["alice", "carol", "bob"])
    assert room["others"] == ["carol", "dave"] and not sessions.started
    joined = [("alice", "carol", "bob", "dave")] * 2
    assert [sorted(told) for _, told in outbox.heard] == [sorted(told) for told in joined]
    room = accepted(service, room_id, "dave")
    assert room["session_id"] == f"session of {room_id}"
    assert sessions.started[room_id]["players"] == ["alice", "carol", "bob", "dave"]
    assert sessions.started[room_id]["private"]
    assert [event for event, _ in outbox.heard[2:]] == ["room.player_joined", "room.filled"]
    assert listed(service, "dave") == []


def test_the_second_seat_is_the_owners_if_asked_for(service, challenge):
    room = accepted(service, challenge("second"), "dave", "bob", "carol")
    assert room["players"] == ["dave", "alice", "bob", "carol"]


def test_all_seats_are_drawn_by_lot_if_asked_for(service, challenge):
    firsts = set()
    while firsts != set(ALL):
        firsts.add(accepted(service, challenge("random"), *ALL[1:])["players"][0])


def test_accepting_again_takes_no_other_seat(service, challenge, refused, silent):
    room_id = challenge()
    with request_id.scope("c0ffeec0ffeec0ff"):
        first = service.accept(room_id, "dave")
        with silent():
            assert service.accept(room_id, "dave") == first
    with refused(AlreadyInRoom):
        service.accept(room_id, "dave")


def test_a_request_served_again_challenges_once(service):
    with request_id.scope("c0ffeec0ffeec0ff"):
        made = [
            service.challenge("alice", "bob", "dobutsu", {}, others=[("carol", False)])
            for _ in range(2)
        ]
    assert made[0] == made[1]
    assert listed(service, "carol") == [made[0]["room_id"]]


@pytest.mark.parametrize("login", ["bob", "dave"])
def test_one_who_declines_closes_it_for_all(service, challenge, outbox, refused, login):
    room_id = challenge()
    service.accept(room_id, "carol")
    outbox.forget()
    service.decline(room_id, login, "busy")
    [(event, told)] = outbox.heard
    assert (event, sorted(told)) == ("room.declined", list(ALL))
    [declined] = outbox.hear("room.declined")
    assert (declined["login"], declined["reason"]) == (login, "busy")
    with refused(RoomClosed):
        service.accept(room_id, "bob" if login == "dave" else "dave")
    service.decline(room_id, login)  # again, it changes nothing
    assert [listed(service, each) for each in ALL] == [[]] * 4


def test_player_who_has_accepted_may_think_again(service, challenge, outbox):
    room_id = challenge()
    service.accept(room_id, "dave")
    outbox.forget()
    assert service.leave(room_id, "dave")["players"] == ["alice"]
    assert outbox.heard == [("room.player_left", (*ALL, "dave"))]
    assert accepted(service, room_id, *ALL[1:])["session_id"]


@pytest.mark.parametrize("login", ["bob", "carol"])
def test_one_who_has_blocked_the_owner_is_told_nothing(service, outbox, refused, login):
    (first, hidden), *others = [(each, each == login) for each in ALL[1:]]
    room = service.challenge("alice", first, "dobutsu", {}, hidden=hidden, others=others)
    told = {each for each in ALL if each != login}
    assert [set(logins) for _, logins in outbox.heard] == [told]
    assert listed(service, login) == []
    for method in ("get", "accept", "decline"):
        with refused(RoomNotFound):
            getattr(service, method)(room["room_id"], login)
    assert accepted(service, room["room_id"], *(told - {"alice"}))["status"] == "open"
    assert listed(service, "alice") == [room["room_id"]]


def test_a_block_hides_it_unless_it_was_accepted(service, challenge):
    first, second = challenge(), challenge(login="carol")
    service.accept(first, "dave")
    for login in ("bob", "dave"):
        service.hide_challenges("alice", login)
    assert (listed(service, "bob"), listed(service, "dave")) == ([], [first])
    assert listed(service, "carol") == [second, first]
    assert service.get(second, "carol")["others"] == ["bob", "dave"]


def test_challenges_to_one_and_to_several_are_listed_in_order(service, challenge, clock):
    made = [challenge(), challenge(login="dave"), challenge()]
    clock.advance(1)
    made.append(service.challenge("dave", "mallory", "dobutsu", {})["room_id"])
    shown, after = [], None
    while len(shown) < len(made):
        page = service.challenges("dave", limit=1, after=after)
        shown += [room["room_id"] for room in page["items"]]
        after = page["next"]
    assert (shown, after) == (made[::-1], None)


def test_player_who_has_accepted_does_not_keep_it_open(service, challenge, clock, outbox):
    room_id = challenge()
    service.accept(room_id, "dave")
    outbox.forget()
    clock.advance(ROOM_TTL + 1)
    service.renew(["dave"])
    service.close_lapsed()
    assert [event for event, _ in outbox.heard] == ["room.closed"]


def test_player_who_is_deleted_declines_what_was_accepted(service, challenge, outbox):
    room_id = challenge()
    service.accept(room_id, "dave")
    outbox.forget()
    service.leave_all("dave")
    assert [event for event, _ in outbox.heard] == ["room.player_left", "room.declined"]
    assert service.get(room_id, "alice")["status"] == "closed"


def test_nobody_is_looked_up_for_what_is_over(service, challenge, found_by_others):
    begun, declined, kept, closed = [challenge() for _ in range(4)]
    accepted(service, begun, *ALL[1:])
    service.decline(declined, "bob")
    service.close(closed, "alice")
    assert listed(service, "dave") == [kept]
    assert found_by_others() == {begun, declined, kept, closed}
    service.sweep()
    assert found_by_others() == {kept}
