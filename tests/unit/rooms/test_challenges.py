"""Challenges: who is told of them, what the challenged player may do, and what others may not."""

import pytest

from auth.exceptions import GuestNotAllowed
from extensions import request_id
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomNotFound,
    TooManyChallenges,
)
from tests.unit.rooms.support import OPTIONS, ROOM_TTL

BOTH = ("alice", "bob")


@pytest.fixture
def challenge(service, clock, outbox):
    """Challenges Bob in Alice's name; returns the room's id, once nobody listens any more."""

    def challenge(owner="alice", login="bob", **options):
        clock.advance(1)
        room_id = service.challenge(owner, login, "dobutsu", {}, **options)["room_id"]
        outbox.forget()
        return room_id

    return challenge


def listed(service, login):
    return [room["room_id"] for room in service.challenges(login)["items"]]


def test_both_are_told_and_find_the_challenge(service, outbox):
    room = service.challenge("alice", "bob", "dobutsu", {}, "second")
    assert room == {
        "room_id": room["room_id"], "game": "dobutsu", "options": OPTIONS, "seats": 2,
        "players": ["alice"], "owner": "alice", "status": "open",
        "created_at": "2023-11-14T22:13:20.000Z", "session_id": None, "challenged": "bob",
        "side": "second",
    }
    assert outbox.heard == [("room.challenged", BOTH)]
    assert outbox.hear("room.challenged")[0]["room"] == room
    for login in BOTH:
        assert service.get(room["room_id"], login) == room
        assert service.challenges(login) == {"items": [room], "next": None}


def test_others_do_not_find_it(service, challenge, refused):
    room_id = challenge()
    assert service.list()["items"] == service.challenges("mallory")["items"] == []
    for method in ("get", "join", "accept", "decline", "leave", "close"):
        with refused(RoomNotFound):
            getattr(service, method)(room_id, "mallory")


def test_a_request_served_again_challenges_once(service, outbox):
    with request_id.scope("c0ffeec0ffeec0ff"):
        first = service.challenge("alice", "bob", "dobutsu", {})
        assert service.challenge("alice", "bob", "dobutsu", {}) == first
    assert listed(service, "bob") == [first["room_id"]]


def test_challenges_are_listed_newest_first_by_pages(service, challenge):
    made = [challenge(), challenge("bob", "alice"), challenge("carol", "bob")]
    first = service.challenges("bob", limit=2)
    second = service.challenges("bob", limit=2, after=first["next"])
    shown = [room["room_id"] for room in first["items"] + second["items"]]
    assert (shown, second["next"]) == (made[::-1], None)


@pytest.mark.parametrize(("side", "seats"), [("first", BOTH), ("second", BOTH[::-1])])
def test_accepting_begins_the_session_in_the_order_asked_for(
    service, challenge, sessions, outbox, side, seats
):
    room_id = challenge(side=side)
    room = service.accept(room_id, "bob")
    assert (room["status"], room["players"]) == ("filled", list(seats))
    assert room["session_id"] == f"session of {room_id}"
    assert sessions.started == {
        room_id: {
            "game": "dobutsu", "options": OPTIONS, "players": list(seats), "private": True
        }
    }
    assert outbox.heard == [("room.player_joined", seats), ("room.filled", seats)]
    assert listed(service, "bob") == []


def test_a_random_side_is_drawn_by_lot(service, challenge):
    drawn = set()
    while len(drawn) < 2:
        drawn.add(tuple(service.accept(challenge(), "bob")["players"]))
    assert drawn == {BOTH, BOTH[::-1]}


def test_accepting_served_again_gets_the_same_answer(service, challenge, silent):
    room_id = challenge()
    with request_id.scope("c0ffeec0ffeec0ff"):
        first = service.accept(room_id, "bob")
        with silent():
            assert service.accept(room_id, "bob") == first


def test_guest_is_challenged_and_challenges_to_unrated_games(service, challenge, refused):
    with refused(GuestNotAllowed):
        service.challenge("otter", "bob", "dobutsu", {}, guest=True)
    with refused(GuestNotAllowed):
        service.accept(challenge(login="otter"), "otter", guest=True)
    unrated = service.challenge("otter", "bob", "dobutsu", {"rated": False}, guest=True)
    assert service.accept(unrated["room_id"], "bob")["session_id"]


def test_only_the_challenged_player_accepts_and_only_a_challenge(
    service, challenge, open_room, refused
):
    for room_id, login in ((challenge(), "alice"), (open_room(), "bob")):
        with refused(RoomNotFound):
            service.accept(room_id, login)
        with refused(RoomNotFound):
            service.decline(room_id, login)


def test_declining_tells_both_why_and_once(service, challenge, outbox, silent):
    room_id = challenge()
    service.decline(room_id, "bob", "busy")
    assert outbox.heard == [("room.declined", BOTH)]
    [told] = outbox.hear("room.declined")
    assert (told["reason"], told["room"]["status"]) == ("busy", "closed")
    with silent():
        service.decline(room_id, "bob", "busy")


def test_challenge_that_is_over_is_neither_accepted_nor_declined(service, challenge, refused):
    declined, accepted = challenge(), challenge()
    service.decline(declined, "bob")
    service.accept(accepted, "bob")
    for method, room_id, error in [
        ("accept", declined, RoomClosed), ("accept", accepted, AlreadyInRoom),
        ("decline", accepted, RoomClosed), ("leave", declined, NotAMember),
        ("close", declined, NotTheOwner),
    ]:
        with refused(error):
            getattr(service, method)(room_id, "bob")


@pytest.mark.parametrize("method", ["close", "leave"])
def test_a_challenge_taken_back_is_told_to_both(service, challenge, outbox, method):
    getattr(service, method)(challenge(), "alice")
    assert outbox.heard == [("room.closed", BOTH)]


def test_challenge_of_an_absent_owner_lapses_and_is_told_to_both(service, challenge, clock, outbox):
    challenge()
    clock.advance(ROOM_TTL + 1)
    service.renew(["bob"])
    service.close_lapsed()
    assert outbox.heard == [("room.closed", BOTH)]


def test_five_challenges_may_be_open_beside_five_rooms(service, challenge, refused, in_five_rooms):
    in_five_rooms("alice")
    made = [challenge(login=f"bob-{number}") for number in range(5)]
    with refused(TooManyChallenges) as caught:
        challenge()
    assert caught.value.details == {"most": 5}
    service.close(made[0], "alice")
    challenge()


def test_challenges_keep_nobody_from_rooms(service, challenge, in_five_rooms):
    for _ in range(5):
        challenge()
    service.create("alice", "dobutsu", {})
    in_five_rooms("bob")
    assert service.accept(listed(service, "bob")[0], "bob")["status"] == "filled"


def test_hidden_challenge_is_told_and_shown_to_its_owner_alone(
    service, challenge, clock, outbox, refused
):
    shown = service.challenge("alice", "bob", "dobutsu", {}, hidden=True)
    room_id = shown["room_id"]
    assert outbox.heard == [("room.challenged", ("alice",))]
    assert service.challenges("alice")["items"] == [shown]
    assert listed(service, "bob") == []
    for method in ("get", "accept", "decline"):
        with refused(RoomNotFound):
            getattr(service, method)(room_id, "bob")
    outbox.forget()
    clock.advance(ROOM_TTL + 1)
    service.close_lapsed()
    assert outbox.heard == [("room.closed", ("alice",))]


def test_challenges_of_a_player_who_was_blocked_are_hidden(service, challenge):
    hidden, other, own = challenge(), challenge("carol"), challenge("bob", "alice")
    service.hide_challenges("alice", "bob")
    assert listed(service, "bob") == [own, other]
    assert listed(service, "alice") == [own, hidden]


def test_player_who_is_deleted_takes_back_and_declines(service, challenge, outbox):
    challenge()
    challenge("bob", "carol")
    service.leave_all("bob")
    assert sorted(outbox.heard) == [
        ("room.closed", ("bob", "carol")), ("room.declined", ("alice", "bob"))
    ]


def test_the_private_rooms_service_knows_nothing_of_it(service, challenge):
    room_id = challenge()
    assert service.open_rooms_of("alice", private=True) == []
    assert service.open_rooms_of("alice") == [room_id]
