"""What the members of a room are told, given what was announced last."""

import pytest

from private_rooms.room_diff import events_between, is_settled

JOINED, LEFT = "private_room.player_joined", "private_room.player_left"
FILLED, CLOSED = "private_room.filled", "private_room.closed"


def room(revision, *players, status="open", session_id=None):
    return {
        "revision": revision, "players": list(players), "status": status, "session_id": session_id
    }


ALONE = room(1, "alice")
TOGETHER = room(2, "alice", "bob")


@pytest.mark.parametrize(
    ("announced", "now", "happened"),
    [
        (ALONE, room(2, "alice", "bob"), [(JOINED, ())]),
        (ALONE, room(3, "alice", "bob", "carol"), [(JOINED, ()), (JOINED, ())]),
        (TOGETHER, room(3, "alice"), [(LEFT, ("bob",))]),
        (TOGETHER, room(4, "alice", "carol"), [(LEFT, ("bob",)), (JOINED, ())]),
        (ALONE, room(2, "alice", "bob", status="filled"), [(JOINED, ())]),
        (
            ALONE, room(3, "alice", "bob", status="filled", session_id="s"),
            [(JOINED, ()), (FILLED, ())],
        ),
        (
            room(2, "alice", "bob", status="filled"),
            room(3, "alice", "bob", status="filled", session_id="s"), [(FILLED, ())],
        ),
        (TOGETHER, room(3, "alice", "bob", status="closed"), [(CLOSED, ())]),
        (TOGETHER, room(3, "bob", status="closed"), [(CLOSED, ("alice",))]),
        (TOGETHER, room(4, "alice", status="closed"), [(CLOSED, ("bob",))]),
    ],
    ids=[
        "somebody joins", "two join", "somebody leaves", "one leaves and another joins",
        "the last seat is taken", "it fills and its session begins", "its session begins",
        "it closes", "its owner's leaving closes it", "one leaves and then it closes",
    ],
)
def test_changes_are_announced_in_their_order(announced, now, happened):
    assert events_between(announced, now) == happened


@pytest.mark.parametrize(
    "now",
    [TOGETHER, room(2, "alice"), room(1, "alice"), room(1, "alice", "carol", status="closed")],
    ids=["the same", "the same revision", "an older one", "an older one that differs"],
)
def test_nothing_follows_from_what_is_no_newer(now):
    assert events_between(TOGETHER, now) == []


def test_a_room_closes_once():
    closed = room(3, "alice", status="closed")
    assert events_between(closed, room(4, "alice", status="closed")) == []


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (ALONE, False),
        (room(2, "alice", "bob", status="filled"), False),
        (room(3, "alice", "bob", status="filled", session_id="s"), True),
        (room(2, "alice", status="closed"), True),
    ],
    ids=["open", "filled", "with a session", "closed"],
)
def test_a_room_is_settled_once_nothing_more_can_happen(room, expected):
    assert is_settled(room) is expected
