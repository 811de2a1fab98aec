"""A process dies at a fault point while two players meet: they get one session."""

import time

import pytest

from client import Refused
from extensions.fault_points import Point
from tests.e2e.oracle import faults_of_meeting
from tests.e2e.playing import RESIGN, by_key
from tests.e2e.watched_session import WatchedSession
from tests.stack import eventually

pytestmark = pytest.mark.usefixtures("outage")

CREATED = "session.created"
MAX_ROOMS = 5  # that a player may be in
ROOM_TTL = 8  # seconds


def told(player, event):
    """Return the sessions that a player was told of by an event."""
    found = [each["params"] for each in player.events if each["method"] == event]
    return [params.get("room", params)["session_id"] for params in found]


def happened(player, kind):
    """Return the names of the events of a kind that a player was told, in order."""
    return [each["method"] for each in player.events if each["method"].startswith(kind)]


def faults(players, *events):
    """Return the oracle's faults of players who have just met, once they were told."""
    for event in events:
        for player in players:
            eventually(lambda told_by=(player, event): told(*told_by), what=f"A {event}")
    for player in players:
        player.fence()
    sessions = {
        player.login: [
            each["session_id"] for each in player.call("sessions.list", login=player.login)["items"]
        ]
        for player in players
    }
    return faults_of_meeting(
        sessions, {each.login: {event: told(each, event) for event in events} for each in players}
    )


def has_joined(player, number, method, **params):
    """Make sure that a player has joined, by repeating the call where it was not answered."""
    answer = player.answer(number)
    if "error" in answer:
        assert answer["error"]["data"]["type"] == "Unavailable"
        try:
            player.call(method, **params)
        except Refused as refusal:
            assert refusal.type == "AlreadyInRoom"


@pytest.mark.parametrize(("service", "point", "word"), [
    ("rooms", Point.BEFORE_COMMIT, "room.player_joined"),
    ("rooms", Point.COMMITTED, "room.player_joined"),
    ("rooms", Point.ROOM_FILLED, ""),
    ("sessions", Point.COMMITTED, CREATED),
    ("rooms", Point.COMMITTED, "room.filled"),
    ("rooms", Point.ANNOUNCED, "room.filled"),
])
def test_a_room_that_fills_becomes_one_session(stack, two_players, service, point, word):
    owner, joiner = two_players
    with stack.armed(service, point, word, joiner.login) as await_death:
        room_id = owner.call("rooms.create")["room_id"]
        number = joiner.ask("rooms.join", room_id=room_id)
        await_death()
        has_joined(joiner, number, "rooms.join", room_id=room_id)
    assert faults(two_players, "room.filled", CREATED) == []
    for player in two_players:
        assert happened(player, "room.") == ["room.player_joined", "room.filled"]
        room = player.call("rooms.get", room_id=room_id)
        assert [room["session_id"]] == told(player, CREATED)


@pytest.mark.parametrize(("service", "point", "word"), [
    ("rooms", Point.ROOM_FILLED, ""),
    ("sessions", Point.COMMITTED, CREATED),
    ("private_rooms", Point.BEFORE_COMMIT, "private_room.filled"),
    ("private_rooms", Point.COMMITTED, "private_room.filled"),
])
def test_a_private_room_that_fills_becomes_one_session(stack, two_players, service, point, word):
    owner, joiner = two_players
    with stack.armed(service, point, word, joiner.login) as await_death:
        key = owner.call("private_rooms.create")["connection_key"]
        number = joiner.ask("private_rooms.join", connection_key=key)
        await_death()
        has_joined(joiner, number, "private_rooms.join", connection_key=key)
    assert faults(two_players, "private_room.filled", CREATED) == []
    for player in two_players:
        assert happened(player, "private_room.") == [
            "private_room.player_joined", "private_room.filled"
        ]


@pytest.mark.parametrize(("service", "point", "word"), [
    ("searcher", Point.PAIRING_TAKEN, ""),
    ("sessions", Point.COMMITTED, CREATED),
    ("searcher", Point.ANNOUNCED, "searcher.opponent_found"),
])
def test_matched_players_get_one_session(
    stack, two_players, service, point, word
):
    one, other = two_players
    with stack.armed(service, point, word, other.login) as await_death:
        one.call("searcher.start")
        number = other.ask("searcher.start")
        await_death()
        other.answer(number)
    eventually(lambda: found_or_searching(other), what="an opponent")
    assert faults(two_players, "searcher.opponent_found", CREATED) == []
    for player in two_players:
        eventually(lambda asked=player: is_idle(asked), what="the end of the search")
    assert faults(two_players, "searcher.opponent_found", CREATED) == []


def test_a_lost_proposal_is_made_again_and_may_be_accepted(
    stack, ready_check, two_players
):
    one, other = two_players
    with stack.armed(
        "searcher", Point.COMMITTED, "searcher.match_proposed", other.login
    ) as await_death:
        one.call("searcher.start")
        number = other.ask("searcher.start")
        await_death()
        other.answer(number)
    [proposal_id] = eventually(lambda: found_or_searching(other, proposals), what="a proposal")
    eventually(lambda: proposals(one) == [proposal_id], what="the same proposal")
    for player in two_players:
        assert player.call("searcher.accept", proposal_id=proposal_id) == {"status": "accepted"}
    assert faults(two_players, "searcher.opponent_found", CREATED) == []


@pytest.fixture
def ready_check(stack):
    """A searcher that asks matched players whether they are there."""
    with stack.given("searcher", READY_CHECK=60):
        yield


def proposals(player):
    """Return the ids of the proposals that a player was told of."""
    found = [each["params"] for each in player.events if "match_proposed" in each["method"]]
    return [params["proposal_id"] for params in found]


def is_idle(player):
    return player.call("searcher.status") == {"status": "idle"}


def opponents(player):
    """Return the sessions that a search of this player's has led to."""
    return told(player, "searcher.opponent_found")


def found_or_searching(player, found=opponents):
    """Return what was found, sessions or proposals; where nothing was, search again."""
    if not found(player):
        if player.call("searcher.status")["status"] == "idle":
            time.sleep(1)  # the event may be on its way
            idle = player.call("searcher.status")["status"] == "idle"
            if idle and not found(player):
                player.call("searcher.start")
    return found(player)


@pytest.mark.parametrize("point", [Point.BEFORE_COMMIT, Point.COMMITTED, Point.ANNOUNCED])
def test_a_rematch_is_one_session(stack, two_players, point):
    one, other = two_players
    watched = WatchedSession(one, other)
    watched.give(one, RESIGN)
    with stack.armed("sessions", point, CREATED, one.login) as await_death:
        assert one.call("sessions.rematch", session_id=watched.session_id) == {"status": "asked"}
        number = other.ask("sessions.rematch", session_id=watched.session_id)
        await_death()
        other.answer(number)
    for player in two_players:  # one of the two askings may have gone with the transaction
        player.call("sessions.rematch", session_id=watched.session_id)
    for player in two_players:
        answer = player.call("sessions.rematch", session_id=watched.session_id)
        eventually(lambda told_by=player: told(told_by, CREATED), what="the rematch")
        player.fence()
        assert [answer["session_id"]] == told(player, CREATED)
        listed = player.call("sessions.list", login=player.login)["items"]
        assert [each["session_id"] for each in listed] == [answer["session_id"], watched.session_id]


@pytest.fixture
def short_room_ttl(stack):
    """Rooms that close soon after their last member has gone."""
    with stack.given("rooms", ROOM_TTL=ROOM_TTL):
        yield


@pytest.mark.usefixtures("short_room_ttl")
def test_a_private_room_without_a_key_frees_its_seat(stack, player, rpc):
    owner, joiner = player(), player()
    with stack.armed("private_rooms", Point.PRIVATE_ROOM_MADE, owner.login) as await_death:
        number = owner.ask("private_rooms.create")
        await_death()
        answer = owner.answer(number)
    if "result" in answer:  # by who was given the call when the first one died
        key = answer["result"]["connection_key"]
        assert joiner.call("private_rooms.join", connection_key=key)["status"] == "filled"
    assert by_key(owner, joiner)

    owner.close()

    def may_have_all_rooms():  # asked on no connection, which would keep what is left alive
        made = []
        try:
            for _ in range(MAX_ROOMS):
                made.append(rpc("private_rooms.create", owner.token)["room_id"])
        except Refused as refusal:
            assert refusal.type == "TooManyRooms"
        for room_id in made:
            rpc("rooms.close", owner.token, room_id=room_id)
        return len(made) == MAX_ROOMS

    eventually(may_have_all_rooms, ROOM_TTL + 60)
