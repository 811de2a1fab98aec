"""Commands in a session: each has one effect, and its events are announced."""

import eventlet
import pytest
from sqlalchemy import select

from sessions import events, exceptions
from sessions.models import AnsweredCommand, Base, EventRow
from tests.interface.sessions.commands import DEFAULTS, RESIGN, legal_for, move


def test_a_move_is_announced_with_the_legal_moves_of_each(service, session_id, ear, execute):
    assert execute("alice", move("b2b3")) == 1
    heard = ear.next()
    assert heard.event == "session.state_changed"
    assert heard.routing_key == f"session.{session_id}.all"
    assert set(heard.params) == {
        "at", "session_id", "version", "command", "state", "to_move", "clocks", "draw_offered_by"
    }
    assert heard.params["command"] == {"login": "alice", "type": "move", "move": "b2b3"}
    assert heard.params["to_move"] == ["bob"]
    assert heard.params["state"]["last_move"] == "b2b3"
    assert legal_for("alice", heard) == []
    assert legal_for("bob", heard) == service.get(session_id, "bob")["legal"]
    assert heard.persistent is False
    assert ear.rest() == []


@pytest.mark.parametrize(
    ("login", "command", "version", "refusal"),
    [
        ("carol", move("b2b3"), None, exceptions.NotAPlayer),
        ("alice", move("b2b3"), None, exceptions.NotYourTurn),
        ("bob", move("b2b3"), None, exceptions.IllegalMove),
        ("bob", {"type": "move", "move": {"from": "b3"}}, None, exceptions.IllegalMove),
        ("bob", {"type": "dance"}, None, exceptions.InvalidCommand),
        ("bob", {"type": "move"}, None, exceptions.InvalidCommand),
        ("bob", {"type": "resign", "move": "b4b3"}, None, exceptions.InvalidCommand),
        ("bob", {}, None, exceptions.InvalidCommand),
        ("bob", move("b4b3"), 0, exceptions.StaleVersion),
        ("bob", move("b4b3"), 2, exceptions.StaleVersion),
        ("alice", move("nonsense"), 0, exceptions.StaleVersion),
        ("alice", move("nonsense"), None, exceptions.NotYourTurn),
        ("bob", {"type": "dance"}, 0, exceptions.InvalidCommand),
    ],
)
def test_a_refusal_is_raised_as_its_own_class(
    service, session_id, tap, execute, login, command, version, refusal
):
    execute("alice", move("b2b3"))
    before = service.get(session_id, "bob")
    ear = tap(events.EXCHANGE, events.RESULTS_EXCHANGE)
    with pytest.raises(refusal) as refused:
        execute(login, command, version)
    if refusal is exceptions.StaleVersion:
        assert refused.value.details == {"version": 1}
    assert ear.rest() == []
    assert service.get(session_id, "bob") == before


def test_an_unknown_session_is_named_in_the_error(service):
    for call in (
        lambda: service.execute("none", "alice", RESIGN, "1"),
        lambda: service.get("none"),
        lambda: service.history("none"),
        lambda: service.connect("none", "connection", "gateway"),
        lambda: service.disconnect("none", "connection"),
    ):
        with pytest.raises(exceptions.SessionNotFound) as refusal:
            call()
        assert refusal.value.details == {"session_id": "none"}


def test_the_result_is_announced_in_a_persistent_message(service, session_id, ear, execute):
    assert execute("alice", RESIGN) == 1
    ended, result = sorted((ear.next(), ear.next()), key=lambda heard: heard.event)
    assert (ended.event, ended.exchange) == ("session.ended", "session.events")
    assert ended.routing_key == f"session.{session_id}.all"
    assert ended.params["result"] == {
        "winner": "bob", "reason": "resignation", "by_player": {"alice": 0, "bob": 1}
    }
    assert (result.event, result.exchange) == ("session.result", "session.results")
    assert result.routing_key == f"session.{session_id}"
    assert result.persistent is True
    assert set(result.params) == {
        "session_id", "game", "options", "players", "result", "ended_at"
    }
    assert result.params["result"] == ended.params["result"]
    with pytest.raises(exceptions.SessionEnded) as refusal:
        execute("bob", move("nonsense"))
    assert refusal.value.details == {"session_id": session_id}
    assert ear.rest() == []


def test_a_last_move_has_the_version_before_the_end(service, session_id, ear, play):
    ended = play()
    heard = [each for each in ear.rest() if each.exchange == "session.events"]
    assert [each.params["version"] for each in heard] == list(range(1, ended["version"] + 1))
    assert [each.event for each in heard[-2:]] == ["session.state_changed", "session.ended"]
    assert heard[-2].params["to_move"] == [] and legal_for("alice", heard[-2]) == []
    assert heard[-1].params["result"] == ended["result"]
    assert (ended["to_move"], ended["status"]) == ([], "ended")


def test_history_is_what_was_announced(service, session_id, ear, play):
    service.connect(session_id, "connection", "gateway", "alice")
    play()
    announced = [
        {**each.params, "type": each.event, "legal": legal_for("bob", each)}
        if "legal" in each.body else {**each.params, "type": each.event}
        for each in ear.rest() if each.exchange == "session.events"
    ]
    for each in announced:
        del each["session_id"]
    assert service.history(session_id, "bob")["events"] == announced
    assert service.history(session_id, "bob", 3)["events"] == announced[3:]
    assert service.history(session_id, "bob", 10_000)["events"] == []


def test_a_repeated_command_has_one_effect(service, session_id, ear, execute):
    first = execute("alice", move("b2b3"), command_id="once")
    ear.rest()
    assert execute("alice", move("b2b3"), command_id="once") == first
    assert execute("alice", RESIGN, command_id="once") == first
    assert execute("bob", move("b4b3"), command_id="once") == 2
    assert [heard.event for heard in ear.rest()] == ["session.state_changed"]
    execute("bob", RESIGN)
    assert execute("alice", move("b2b3"), command_id="once") == first


def test_a_command_sent_many_times_at_once_has_one_effect(service, session_id, ear, rows):
    def give(_):
        return service.execute(session_id, "alice", move("b2b3"), "once")

    answers = list(eventlet.GreenPool().imap(give, range(16)))
    assert answers == [{"version": 1, "command_id": "once"}] * 16
    assert [heard.event for heard in ear.rest()] == ["session.state_changed"]
    assert len(rows("sessions", Base, select(EventRow))) == 1
    assert len(rows("sessions", Base, select(AnsweredCommand))) == 1


def test_a_refused_command_is_not_remembered(execute):
    with pytest.raises(exceptions.IllegalMove):
        execute("alice", move("a1a4"), command_id="again")
    assert execute("alice", move("b2b3"), command_id="again") == 1


def test_one_of_many_concurrent_moves_is_made(service, session_id, ear):
    def give(number):
        try:
            return service.execute(session_id, "alice", move("b2b3"), f"command {number}", 0)
        except exceptions.StaleVersion as refusal:
            return refusal.details

    answers = list(eventlet.GreenPool().imap(give, range(16)))
    assert sum("command_id" in answer for answer in answers) == 1
    assert sum(answer == {"version": 1} for answer in answers) == 15
    assert [heard.event for heard in ear.rest()] == ["session.state_changed"]


def test_commands_sent_together_are_decided_one_by_one(service, ear):
    sessions = [
        service.create(f"key {number}", "dobutsu", DEFAULTS, ["alice", "bob"])
        for number in range(2)
    ]
    ear.rest()
    commands = [
        (sessions[0], "alice", move("b2b3"), "1"), (sessions[1], "bob", move("b4b3"), "2"),
        (sessions[0], "bob", move("b4b3"), "3"), ("none", "bob", RESIGN, "4"),
        (sessions[0], "alice", move("b2b3"), "1"), (sessions[1], "bob", RESIGN, "5"),
        (sessions[1], "alice", move("b2b3"), "6"),
    ]
    answers = service.execute_many(
        [
            {"session_id": session_id, "login": login, "command": command,
             "command_id": command_id, "version": None}
            for session_id, login, command, command_id in commands
        ]
    )
    assert answers[0] == answers[4] == {"result": {"version": 1, "command_id": "1"}}
    assert answers[2] == {"result": {"version": 2, "command_id": "3"}}
    assert answers[5] == {"result": {"version": 1, "command_id": "5"}}
    refused = [answers[number]["error"]["exc_type"] for number in (1, 3, 6)]
    assert refused == ["NotYourTurn", "SessionNotFound", "SessionEnded"]
    assert [(each.params["session_id"], each.event) for each in ear.rest()
            if each.exchange == "session.events"] == [
        (sessions[0], "session.state_changed"), (sessions[0], "session.state_changed"),
        (sessions[1], "session.ended"),
    ]


def test_resign_all_resigns_every_active_session(service, ear, session_id, execute):
    other = service.create("key 2", "dobutsu", DEFAULTS, ["carol", "alice"])
    strange = service.create("key 3", "dobutsu", DEFAULTS, ["carol", "bob"])
    service.resign_all("alice")
    assert service.get(session_id)["result"]["winner"] == "bob"
    assert service.get(other)["result"]["winner"] == "carol"
    assert service.get(strange)["status"] == "active"
    service.resign_all("alice")
