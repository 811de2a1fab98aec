"""Connections of players and spectators to a session, and what is announced of them."""

import pytest
from sqlalchemy import select

from sessions import exceptions
from sessions.models import Base, SessionRow
from tests.interface.sessions.commands import DEFAULTS, move


def test_only_a_players_first_connection_is_announced(service, session_id, ear):
    answer = service.connect(session_id, "connection 1", "gateway", "alice")
    assert answer["session"]["connected"] == ["alice"] and answer["session"]["version"] == 1
    assert answer["events"] == []
    heard = ear.next()
    assert heard.event == "session.player_connected"
    assert heard.routing_key == f"session.{session_id}.all"
    assert heard.copies == []
    assert heard.params.pop("at").endswith("Z")
    assert heard.params == {"session_id": session_id, "version": 1, "login": "alice"}
    service.connect(session_id, "connection 2", "gateway", "alice")
    service.connect(session_id, "connection 2", "gateway", "alice")
    assert ear.rest() == []


def test_spectators_are_counted(service, session_id, ear):
    answer = service.connect(session_id, "connection 1", "gateway", None)
    assert answer["session"]["spectators"] == 1 and answer["session"]["connected"] == []
    answer = service.connect(session_id, "connection 2", "gateway", "carol")
    assert answer["session"]["spectators"] == 2 and answer["session"]["legal"] == []
    service.disconnect(session_id, "connection 1")
    assert service.get(session_id)["spectators"] == 1
    assert {heard.event for heard in ear.rest()} <= {"session.spectators_changed"}


def test_many_connections_are_made_in_one_call(service, session_id, ear, execute):
    other = service.create("key 2", "dobutsu", DEFAULTS, ["carol", "dave"])
    execute("alice", move("b2b3"))
    ear.rest()
    answers = service.connect_many([
        {"session_id": each, "connection_id": connection, "gateway_id": "gateway", "login": login,
         "since": since}
        for each, connection, login, since in (
            (session_id, "1", "alice", 0), (session_id, "2", "bob", 1), ("none", "3", "bob", None),
            (other, "4", None, None), (other, "4", None, 0), (other, "5", "dave", None),
        )
    ])
    assert answers.pop(2)["error"]["exc_type"] == "SessionNotFound"
    results = [each["result"] for each in answers]
    assert [each["session"]["connected"] for each in results] == [
        ["alice"], ["alice", "bob"], [], [], ["dave"]
    ]
    assert [each["session"]["spectators"] for each in results] == [0, 0, 1, 1, 1]
    versions = [[event["version"] for event in each["events"]] for each in results]
    assert versions == [[1, 2], [2, 3], [], [], []]
    assert results[1]["events"] == service.history(session_id, "bob", 1)["events"]
    assert ear.events(3) == ["session.player_connected"] * 3


def test_the_last_disconnection_is_announced_with_a_deadline(service, session_id, ear):
    for number in (1, 2):
        service.connect(session_id, f"connection {number}", "gateway", "alice")
    assert ear.next().event == "session.player_connected"
    service.disconnect(session_id, "connection 1")
    assert ear.rest() == []
    service.disconnect(session_id, "connection 2")
    heard = ear.next()
    assert heard.event == "session.player_disconnected"
    assert heard.routing_key == f"session.{session_id}.all"
    assert set(heard.params) == {"at", "session_id", "version", "login", "deadline"}
    assert heard.params["deadline"] > heard.params["at"]
    with pytest.raises(exceptions.NotAMember) as refusal:
        service.disconnect(session_id, "connection 2")
    assert refusal.value.details == {"session_id": session_id}
    assert ear.rest() == []


@pytest.mark.parametrize("grace", [0])
def test_without_grace_leaving_ends_the_session_at_once(service, session_id, ear):
    service.connect(session_id, "connection 1", "gateway", "alice")
    service.connect(session_id, "connection 2", "gateway", "bob")
    service.execute(session_id, "alice", move("b2b3"), "1")
    service.forget_connections(["connection 1"])
    assert ear.events(6) == [
        "session.player_connected", "session.player_connected", "session.state_changed",
        "session.player_disconnected", "session.ended", "session.result",
    ]
    assert service.get(session_id)["result"] == {
        "winner": "bob", "reason": "abandonment", "by_player": {"alice": 0, "bob": 1}
    }


@pytest.mark.parametrize("grace", [0])
def test_without_grace_leaving_before_a_first_move_aborts(service, session_id, ear):
    service.connect(session_id, "connection 2", "gateway", "bob")
    service.execute(session_id, "alice", move("b2b3"), "1")
    service.forget_connections(["connection 2"])
    assert ear.events(4)[-2:] == ["session.player_disconnected", "session.ended"]
    assert service.get(session_id)["result"] == {
        "winner": None, "reason": "aborted", "by_player": {}
    }


@pytest.mark.parametrize("grace", [0.2])
def test_the_end_of_the_grace_ends_the_session(service, session_id, ear):
    service.connect(session_id, "connection 1", "gateway", "alice")
    service.execute(session_id, "alice", move("b2b3"), "1")
    service.disconnect(session_id, "connection 1")
    assert ear.events(3)[-1] == "session.player_disconnected"
    assert ear.next().params["result"]["reason"] == "abandonment"


def test_a_player_who_comes_back_in_time_plays_on(service, session_id, rows):
    def deadline():
        return rows("sessions", Base, select(SessionRow.deadline))[0]

    for login in ("alice", "bob"):
        service.connect(session_id, f"of {login}", "gateway", login)
    assert deadline() is None
    service.disconnect(session_id, "of alice")
    assert deadline() is not None
    service.connect(session_id, "connection 2", "gateway", "alice")
    assert deadline() is None  # the grace is over
    assert service.get(session_id)["status"] == "active"


def test_a_silent_gateway_loses_its_connections(service, session_id, ear, reconfigure):
    reconfigure(gateway_lease=0.2)
    service.connect(session_id, "connection 1", "gateway", "alice")
    assert ear.next().event == "session.player_connected"
    heard = ear.next()
    assert (heard.event, heard.params["login"]) == ("session.player_disconnected", "alice")
    assert service.renew("gateway") is False
