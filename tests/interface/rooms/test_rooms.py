"""The rooms service's entrypoints, and what it announces."""

import subprocess
import sys
import time
from unittest.mock import Mock

import eventlet
import pytest
from nameko.standalone.rpc import ClusterRpcProxy as StockProxy
from nameko.testing.services import entrypoint_hook
from sqlalchemy import select

from rooms import events, exceptions, session_starter
from rooms.models import Base, RoomRow
from rooms.service import RoomsService
from rooms.started_sessions import StartedSessions
from sessions.exceptions import GameNotFound, InvalidOptions
from tests.interface.rooms.conftest import DEFAULTS


@pytest.fixture
def room(service):
    """An open room of two seats, alice's."""
    return service.create("alice", "dobutsu", {})


def test_a_new_room_has_complete_options_and_its_owner(service, ear):
    room = service.create("alice", "dobutsu", {"rated": False}, 3)
    assert room["room_id"] and room.pop("created_at").endswith("Z")
    assert room == {
        "room_id": room["room_id"], "game": "dobutsu", "options": {"clock": None, "rated": False},
        "seats": 3, "players": ["alice"], "owner": "alice", "status": "open", "session_id": None,
    }
    assert ear.rest() == []


def test_each_call_of_a_stock_client_opens_a_room(service, defaults):
    with StockProxy({"AMQP_URI": defaults["AMQP_URI"]}) as cluster:
        rooms = [cluster.rooms.create("alice", "dobutsu", {}) for _ in range(2)]
    assert len({room["room_id"] for room in rooms}) == 2


def test_a_stock_client_is_told_why_a_call_is_refused(service, defaults):
    with (
        StockProxy({"AMQP_URI": defaults["AMQP_URI"]}) as cluster,
        pytest.raises(exceptions.RoomNotFound),
    ):
        cluster.rooms.join("no room", "alice")


def test_nameko_shell_calls_a_service(service, defaults):
    command = [sys.executable, "-W", "ignore", "-m", "nameko", "shell"]
    done = subprocess.run(
        [*command, "--broker", defaults["AMQP_URI"]],
        input="print(n.rpc.rooms.create('alice', 'dobutsu', {})['players'])\n",
        capture_output=True, text=True, timeout=60,
    )
    assert "['alice']" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "refusal",
    [
        GameNotFound.of("There is no game go", game="go"),
        InvalidOptions.of("no", errors=[{"path": "options.x", "message": "no"}]),
    ],
)
def test_refusals_of_the_session_service_come_through(service, sessions, refusal):
    sessions.answers["complete_options"] = refusal
    with pytest.raises(type(refusal)) as refused:
        service.create("alice", "go", {"x": 1})
    assert refused.value.details == refusal.details
    assert service.list()["items"] == []


def test_a_join_is_announced_to_the_members(service, ear):
    room = service.create("alice", "dobutsu", {}, 3)
    joined = service.join(room["room_id"], "bob")
    heard = ear.next()
    assert heard.event == "room.player_joined"
    assert heard.routing_key == f"room.{room['room_id']}"
    assert heard.players == ["alice", "bob"]
    assert set(heard.params) == {"at", "room"}
    assert heard.params["room"] == joined
    assert (joined["players"], joined["status"]) == (["alice", "bob"], "open")


def test_the_last_seat_begins_the_session_and_both_are_announced(service, sessions, ear, room):
    answer = service.join(room["room_id"], "bob")
    assert (answer["status"], answer["session_id"]) == ("filled", "session-1")
    joined, filled = ear.next(), ear.next()
    assert (joined.event, filled.event) == ("room.player_joined", "room.filled")
    assert joined.players == filled.players == ["alice", "bob"]
    assert filled.params["room"] == answer == service.get(room["room_id"], "bob")
    [(asked, named)] = sessions.asked("create")
    assert asked == (room["room_id"], "dobutsu", DEFAULTS, ["alice", "bob"])
    assert named == {"private": False}
    assert ear.rest() == []


def test_the_last_seat_goes_to_one_of_many_who_want_it_at_once(service, ear, room):
    def join(login):
        try:
            return service.join(room["room_id"], login)
        except exceptions.RoomFull as refusal:
            assert refusal.details == {"room_id": room["room_id"]}
            return None

    joiners = [f"joiner-{number}" for number in range(20)]
    answers = list(eventlet.GreenPool().imap(join, joiners))
    [got_it] = [answer for answer in answers if answer]
    assert len(got_it["players"]) == 2
    assert [heard.event for heard in ear.rest()] == ["room.player_joined", "room.filled"]


def closed(service, room):
    service.close(room["room_id"], "alice")


def filled(service, room):
    service.join(room["room_id"], "bob")


@pytest.mark.parametrize(
    ("prepare", "method", "login", "refusal"),
    [
        (None, "join", "alice", exceptions.AlreadyInRoom),
        (None, "leave", "bob", exceptions.NotAMember),
        (None, "close", "bob", exceptions.NotTheOwner),
        (filled, "join", "carol", exceptions.RoomFull),
        (filled, "join", "bob", exceptions.AlreadyInRoom),
        (filled, "leave", "bob", exceptions.RoomClosed),
        (filled, "leave", "carol", exceptions.NotAMember),
        (filled, "close", "alice", exceptions.RoomClosed),
        (closed, "join", "bob", exceptions.RoomClosed),
        (closed, "join", "alice", exceptions.AlreadyInRoom),
        (closed, "leave", "alice", exceptions.RoomClosed),
        (closed, "leave", "bob", exceptions.NotAMember),
        (closed, "close", "alice", exceptions.RoomClosed),
    ],
)
def test_a_refused_request_changes_and_announces_nothing(
    service, tap, room, prepare, method, login, refusal
):
    if prepare:
        prepare(service, room)
    before = service.get(room["room_id"], "alice")
    ear = tap(events.EXCHANGE)
    with pytest.raises(refusal) as refused:
        getattr(service, method)(room["room_id"], login)
    assert refused.value.details == {"room_id": room["room_id"]}
    assert ear.rest() == []
    assert service.get(room["room_id"], "alice") == before


@pytest.mark.parametrize("method", ["get", "join", "leave", "close"])
def test_a_room_that_is_not_there_is_named(service, ear, method):
    with pytest.raises(exceptions.RoomNotFound) as refusal:
        getattr(service, method)("no such room", "alice")
    assert refusal.value.details == {"room_id": "no such room"}
    assert ear.rest() == []


def test_a_player_who_leaves_hears_of_it_as_well(service, ear):
    room = service.create("alice", "dobutsu", {}, 3)
    service.join(room["room_id"], "bob")
    service.leave(room["room_id"], "bob")
    joined, left = ear.next(), ear.next()
    assert (joined.event, left.event) == ("room.player_joined", "room.player_left")
    assert left.players == ["alice", "bob"]
    assert left.params["room"]["players"] == ["alice"]
    assert service.get(room["room_id"], "carol")["players"] == ["alice"]


def test_a_player_who_comes_again_sits_behind_the_others(service):
    room = service.create("alice", "dobutsu", {}, 4)
    for login in ("bob", "carol"):
        service.join(room["room_id"], login)
    service.leave(room["room_id"], "bob")
    assert service.join(room["room_id"], "bob")["players"] == ["alice", "carol", "bob"]


def test_an_owner_who_leaves_closes_the_room(service, ear):
    room = service.create("alice", "dobutsu", {}, 3)
    service.join(room["room_id"], "bob")
    service.leave(room["room_id"], "alice")
    assert ear.next().event == "room.player_joined"
    heard = ear.next()
    assert (heard.event, heard.players) == ("room.closed", ["alice", "bob"])
    assert heard.params["room"]["status"] == "closed"
    assert ear.rest() == []


def test_a_room_is_closed_by_its_owner(service, ear, room):
    service.close(room["room_id"], "alice")
    assert ear.next().event == "room.closed"
    assert service.get(room["room_id"], "alice")["status"] == "closed"
    assert service.list()["items"] == []


def test_one_player_may_be_in_five_open_rooms_of_any_kind(service, tap):
    mine = [service.create("alice", "dobutsu", {}, private=bool(number % 2)) for number in range(5)]
    other = service.create("bob", "dobutsu", {})
    ear = tap(events.EXCHANGE)
    for call in (
        lambda: service.create("alice", "dobutsu", {}),
        lambda: service.create("alice", "dobutsu", {}, private=True),
        lambda: service.join(other["room_id"], "alice"),
    ):
        with pytest.raises(exceptions.TooManyRooms):
            call()
    assert ear.rest() == []
    assert service.get(other["room_id"], "bob")["players"] == ["bob"]
    service.leave(mine[0]["room_id"], "alice")
    assert service.join(other["room_id"], "alice")["status"] == "filled"


def test_a_private_room_is_hidden_and_not_announced(service, ear):
    room = service.create("alice", "dobutsu", {}, private=True)
    for method in ("get", "join", "leave", "close"):
        with pytest.raises(exceptions.RoomNotFound):
            getattr(service, method)(room["room_id"], "bob")
    with pytest.raises(exceptions.RoomIsPrivate):
        service.get(room["room_id"], "alice")
    assert service.list()["items"] == []
    assert service.join(room["room_id"], "bob", private=True)["status"] == "filled"
    assert ear.rest() == []


def test_open_public_rooms_are_listed_newest_first_by_pages(service):
    made = [service.create(f"owner-{number}", "dobutsu", {})["room_id"] for number in range(5)]
    service.close(made[2], "owner-2")
    first = service.list(limit=3)
    second = service.list(limit=3, after=first["next"])
    shown = [room["room_id"] for room in first["items"] + second["items"]]
    assert shown == [made[4], made[3], made[1], made[0]]
    assert second["next"] is None
    assert service.list(game="chess")["items"] == []


def test_a_room_without_a_connected_member_closes(service, reconfigure, ear):
    reconfigure(room_ttl=0.2)
    room = service.create("alice", "dobutsu", {})
    heard = ear.next()
    assert (heard.event, heard.players) == ("room.closed", ["alice"])
    assert service.get(room["room_id"], "alice")["status"] == "closed"


def test_a_connected_member_renews_the_lease_of_the_room(service, reconfigure, rows):
    left = service.create("bob", "dobutsu", {})["room_id"]
    kept = service.create("alice", "dobutsu", {}, 3)["room_id"]
    service.join(kept, "carol")
    reconfigure(room_ttl=600)
    service.renew(["nobody", "carol", *(f"player-{number}" for number in range(1000))])
    service.renew(["nobody"])
    renewed = select(RoomRow.room_id).where(RoomRow.alive_until > time.time() + 500)
    assert rows("rooms", Base, renewed) == [kept]
    service.renew(["bob"])
    assert set(rows("rooms", Base, renewed)) == {kept, left}


def test_a_player_who_leaves_for_good_leaves_every_room(service, ear, room):
    other = service.create("bob", "dobutsu", {}, 3)
    service.join(other["room_id"], "alice")
    service.leave_all("alice")
    heard = ear.rest()
    assert {each.event for each in heard} == {
        "room.player_joined", "room.closed", "room.player_left"
    }
    assert service.open_rooms_of("alice") == []


def test_a_private_room_that_lapses_is_told_to_its_service(service, reconfigure, tap, ear):
    hidden = tap(events.PRIVATE_CHANGES_EXCHANGE)
    reconfigure(room_ttl=0.2)
    room = service.create("alice", "dobutsu", {}, private=True)
    heard = hidden.next()
    assert (heard.event, heard.players, heard.persistent) == ("room.closed", [], True)
    assert heard.params["room_id"] == room["room_id"]
    assert ear.rest() == []


def test_the_last_seat_of_a_private_room_begins_its_session(service, sessions, tap, ear):
    hidden = tap(events.PRIVATE_CHANGES_EXCHANGE)
    room_id = service.create("alice", "dobutsu", {}, private=True)["room_id"]
    answer = service.join(room_id, "bob", private=True)
    assert (answer["status"], answer["session_id"]) == ("filled", "session-1")
    assert service.get_many([room_id]) == {room_id: answer}
    [(_, named)] = sessions.asked("create")
    assert named == {"private": True}
    assert hidden.rest() == ear.rest() == []


@pytest.mark.parametrize("rpc_timeout", [1])
def test_a_late_private_session_is_told_to_its_service(
    service, sessions, stand_in, tap, ear, monkeypatch
):
    monkeypatch.setattr(session_starter, "RETRY_AFTER_SECONDS", 0.0)
    hidden = tap(events.PRIVATE_CHANGES_EXCHANGE)
    room_id = service.create("alice", "dobutsu", {}, private=True)["room_id"]
    sessions.container.stop()
    assert service.join(room_id, "bob", private=True)["session_id"] is None
    sessions = stand_in("sessions", create="session-1")
    heard = hidden.next()
    assert (heard.event, heard.params["room_id"]) == ("room.filled", room_id)
    assert service.get_many([room_id])[room_id]["session_id"] == "session-1"
    assert {named["private"] for _, named in sessions.asked("create")} == {True}
    assert ear.rest() == []


@pytest.mark.parametrize("rpc_timeout", [1])
def test_a_filled_room_gets_its_session_once_sessions_is_back(
    service, settings, sessions, stand_in, ear, monkeypatch
):
    room = service.create("alice", "dobutsu", {})
    sessions.container.stop()
    answer = service.join(room["room_id"], "bob")
    assert (answer["status"], answer["session_id"]) == ("filled", None)
    assert [heard.event for heard in ear.rest()] == ["room.player_joined"]
    # Not before: the retry would announce the joining as well, while the join waits for sessions.
    monkeypatch.setattr(session_starter, "RETRY_AFTER_SECONDS", 0.0)
    sessions = stand_in("sessions", create="session-1")
    # Until the relay has deleted its row, the joining may be announced once more.
    heard = next(each for each in iter(ear.next, None) if each.event != "room.player_joined")
    assert heard.event == "room.filled"
    assert heard.params["room"]["session_id"] == "session-1"
    assert service.get(room["room_id"], "bob")["session_id"] == "session-1"
    assert {arguments[0] for arguments, _ in sessions.asked("create")} == {room["room_id"]}
    assert ear.rest() == []


def test_a_session_is_stored_when_the_service_stops(
    containers, cluster, sessions, rows, monkeypatch
):
    monkeypatch.setattr(StartedSessions, "store", Mock())
    container = containers(RoomsService)
    room_id = cluster.rooms.create("alice", "dobutsu", {})["room_id"]
    cluster.rooms.join(room_id, "bob")
    stored = select(RoomRow.session_id).where(RoomRow.room_id == room_id)
    assert rows("rooms", Base, stored) == [None]
    monkeypatch.undo()
    container.stop()
    assert rows("rooms", Base, stored) == ["session-1"]


def test_rooms_long_over_are_forgotten_and_open_ones_are_not(
    containers, cluster, reconfigure, sessions
):
    container = containers(RoomsService)
    open_room = cluster.rooms.create("alice", "dobutsu", {})["room_id"]
    closed, filled = (cluster.rooms.create("alice", "dobutsu", {})["room_id"] for _ in range(2))
    cluster.rooms.join(filled, "bob")
    cluster.rooms.close(closed, "alice")
    with entrypoint_hook(container, "store_sessions") as store_sessions:
        store_sessions()
    reconfigure(rooms_kept=-1)  # so that what has ended just now has ended long ago
    with entrypoint_hook(container, "sweep") as sweep:
        sweep()
    assert set(cluster.rooms.get_many([open_room, closed, filled])) == {open_room}
