"""The entrypoints of the session service, and what it announces."""

import random

import eventlet
import pytest
from sqlalchemy import select

from extensions.pagination import UnknownCursor
from sessions import events, exceptions
from sessions.models import AnsweredCommand, Base, EventRow, SessionRow
from sessions.service import SessionsService

DEFAULTS = {"clock": None, "rated": True}
RESIGN = {"type": "resign"}


def move(text):
    return {"type": "move", "move": text}


def legal_for(login, heard):
    """Return the legal moves of a player, which are beside the params."""
    return heard.body["legal"].get(login, [])


@pytest.fixture
def grace():
    """Return the grace in seconds; tests choose another by `parametrize`."""
    return 30


@pytest.fixture
def lease():
    """Return the lease of a gateway in seconds; tests choose another by `parametrize`."""
    return 15


@pytest.fixture
def service(containers, cluster, settings, grace, lease):
    settings |= {"GRACE": grace, "GATEWAY_LEASE": lease}
    containers(SessionsService)
    return cluster.sessions


@pytest.fixture
def session_id(service):
    """Return a session of alice, who moves first, and bob; nobody is connected."""
    return service.create("key", "dobutsu", DEFAULTS, ["alice", "bob"])


@pytest.fixture
def ear(session_id, tap):
    return tap(events.EXCHANGE, events.RESULTS_EXCHANGE)


@pytest.fixture
def execute(service, session_id):
    numbers = iter(range(1000))

    def give(login, command, version=None, command_id=None):
        return service.execute(
            session_id, login, command, command_id or f"command {next(numbers)}", version
        )["version"]

    return give


@pytest.fixture
def play(service, session_id, execute):
    """Return a function that makes random legal moves until the game ends."""

    def on():
        rng = random.Random(1)
        while (now := service.get(session_id))["status"] == "active":
            login = now["to_move"][0]
            execute(login, move(rng.choice(service.get(session_id, login)["legal"])))
        return now

    return on


def test_games_are_listed(service):
    dobutsu = {"name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2}
    assert dobutsu in service.games()


def test_options_are_completed(service):
    assert service.complete_options("dobutsu", {"rated": False}) == {
        "game": "dobutsu", "options": {"clock": None, "rated": False}, "seats": 2
    }
    with pytest.raises(exceptions.GameNotFound) as refusal:
        service.complete_options("go", {})
    assert refusal.value.details == {"game": "go"}
    with pytest.raises(exceptions.InvalidOptions) as refusal:
        service.complete_options("dobutsu", {"rated": "yes", "komi": 6})
    assert {each["path"] for each in refusal.value.details["errors"]} == {
        "options.rated", "options.komi"
    }
    with pytest.raises(exceptions.InvalidOptions) as refusal:
        service.complete_options("dobutsu", {}, 3)
    assert [each["path"] for each in refusal.value.details["errors"]] == ["seats"]


def test_a_new_session_is_announced_to_each_player(service, tap):
    ear = tap(events.EXCHANGE)
    session_id = service.create("key", "dobutsu", DEFAULTS, ["alice", "bob"])
    heard = {each.players[0]: each for each in (ear.next(), ear.next())}
    assert set(heard) == {"alice", "bob"}
    for login, each in heard.items():
        assert each.event == "session.created"
        assert each.routing_key == f"session.{session_id}.created"
        assert each.params["session_id"] == session_id
        assert each.params["session"] == service.get(session_id, login)
    assert heard["alice"].params["session"]["legal"] and not heard["bob"].params["session"]["legal"]
    assert ear.rest() == []


def test_the_same_key_gives_the_same_session_silently(service, session_id, ear):
    assert service.create("key", "dobutsu", DEFAULTS, ["alice", "bob"]) == session_id
    assert ear.rest() == []


def test_many_creations_at_once_start_one_session(service, tap):
    ear = tap(events.EXCHANGE)
    players = ["alice", "bob"]
    ids = eventlet.GreenPool().imap(
        lambda _: service.create("key", "dobutsu", DEFAULTS, players), range(10)
    )
    assert len(set(ids)) == 1
    assert [heard.event for heard in ear.rest()] == ["session.created"] * 2


def test_an_unknown_game_starts_no_session(service, tap):
    ear = tap(events.EXCHANGE)
    with pytest.raises(exceptions.GameNotFound):
        service.create("key", "go", DEFAULTS, ["alice", "bob"])
    assert ear.rest() == []
    assert service.list()["items"] == []


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
def test_without_grace_leaving_before_a_first_move_aborts(service, session_id):
    service.connect(session_id, "connection 2", "gateway", "bob")
    service.execute(session_id, "alice", move("b2b3"), "1")
    service.forget_connections(["connection 2"])
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


@pytest.mark.parametrize("lease", [0.2])
def test_a_silent_gateway_loses_its_connections(service, session_id, ear):
    service.connect(session_id, "connection 1", "gateway", "alice")
    assert ear.next().event == "session.player_connected"
    heard = ear.next()
    assert (heard.event, heard.params["login"]) == ("session.player_disconnected", "alice")
    assert service.renew("gateway") is False


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


def test_sessions_are_listed_in_pages_without_private_ones(service):
    ids = [
        service.create(f"key {number}", "dobutsu", DEFAULTS, players, private)
        for number, (players, private) in enumerate(
            [(["alice", "bob"], False), (["alice", "carol"], True), (["bob", "carol"], False)]
        )
    ]
    service.execute(ids[0], "alice", RESIGN, "1")

    def listed(**where):
        found, after = [], None
        while True:
            answer = service.list(limit=1, after=after, **where)
            found += [each["session_id"] for each in answer["items"]]
            after = answer["next"]
            if after is None:
                return found

    assert listed() == listed(viewer="bob") == [ids[2], ids[0]]
    assert listed(viewer="carol") == [ids[2], ids[1], ids[0]]
    assert listed(viewer="bob", login="Alice") == [ids[0]]
    assert listed(viewer="alice", login="alice", status="active") == [ids[1]]
    assert listed(game="dobutsu", status="ended") == [ids[0]]
    with pytest.raises(exceptions.GameNotFound):
        service.list(game="go")
    with pytest.raises(UnknownCursor):
        service.list(after="made up")
