"""The ways in which players meet, and whole games."""

import pytest

from client import Closed
from tests.client import CheckedClient
from tests.e2e.playing import by_key, by_room, by_search, play_out
from tests.stack import eventually

SEARCH_EXPIRY = 2  # seconds
DEFAULTS = {"clock": None, "rated": True}


@pytest.mark.parametrize("meet", [by_search, by_room, by_key])
def test_two_players_meet_play_to_the_end_and_see_all_events(two_players, meet):
    session_id = meet(*two_players)
    snapshots = {}
    for player in two_players:
        created = player.wait_for("session.created")
        assert created["session_id"] == created["session"]["session_id"] == session_id
        assert sorted(created["session"]["players"]) == sorted(each.login for each in two_players)
        snapshots[player.login] = player.connect(session_id)
    seen = play_out(two_players, session_id)
    for player in two_players:
        history = player.call("sessions.history", session_id=session_id)["events"]
        began = snapshots[player.login]["version"]
        assert [event["version"] for event in history] == list(range(1, len(history) + 1))
        assert seen[player.login] == history[began:]
        assert player.fence() == [
            event for event in player.events if not event["method"].startswith("session.")
        ]
        ended = player.call("sessions.get", session_id=session_id)
        assert (ended["status"], ended["legal"], ended["to_move"]) == ("ended", [], [])
        assert ended["result"] == history[-1]["result"]
        assert ended["version"] == history[-1]["version"]


def test_matched_players_are_told_of_each_other(two_players):
    session_id = by_search(*two_players)
    for player, opponent in (two_players, reversed(two_players)):
        found = player.wait_for("searcher.opponent_found")
        assert (found["session_id"], found["opponent"]) == (session_id, opponent.login)
        assert (found["game"], found["options"]) == ("dobutsu", DEFAULTS)
        assert player.call("searcher.status") == {"status": "idle"}


def test_each_connection_of_a_player_gets_an_event_once(two_players, connect):
    one, other = two_players
    second = connect(CheckedClient)
    second.call("auth.authenticate", access_token=one.token)
    session_id = by_search(one, other)
    for client in (one, second, other):
        for event in ("session.created", "searcher.opponent_found"):
            assert client.wait_for(event)["session_id"] == session_id
        assert client.fence() == []


def test_a_room_tells_of_joining_then_of_filling(two_players):
    owner, joiner = two_players
    session_id = by_room(owner, joiner)
    for player in two_players:
        told = [event["method"] for event in player.fence() if event["method"].startswith("room.")]
        assert told == ["room.player_joined", "room.filled"]
        joined = player.wait_for("room.player_joined")
        filled = player.wait_for("room.filled")
        assert joined["room"]["players"] == filled["room"]["players"] == [
            owner.login, joiner.login
        ]
        assert filled["room"]["session_id"] == session_id
        assert filled["room"]["status"] == "filled"
    assert owner.call("sessions.get", session_id=session_id)["players"][0] == owner.login


def test_a_private_room_tells_of_joining_then_of_filling(two_players):
    owner, joiner = two_players
    room = owner.call("private_rooms.create")
    key = room["connection_key"]
    written = f"{key[:4]}-{key[4:]}".lower().replace("0", "O").replace("1", "i")
    answer = joiner.call("private_rooms.join", connection_key=written)
    for player in two_players:
        told = [event["method"] for event in player.fence()
                if event["method"].startswith("private_room.")]
        assert told == ["private_room.player_joined", "private_room.filled"]
        joined = player.wait_for("private_room.player_joined")
        filled = player.wait_for("private_room.filled")
        assert joined["room"]["connection_key"] == filled["room"]["connection_key"] == key
        assert filled["room"] == answer


def test_two_concurrent_searches_meet(player):
    for _ in range(8):
        two_players = player(), player()
        questions = [player.ask("searcher.start") for player in two_players]
        statuses = {
            player.answer(number)["result"]["status"]
            for player, number in zip(two_players, questions, strict=True)
        }
        assert statuses == {"searching", "found"}
        found = [player.wait_for("searcher.opponent_found") for player in two_players]
        assert found[0]["session_id"] == found[1]["session_id"]
        assert [each["opponent"] for each in found] == [
            two_players[1].login, two_players[0].login
        ]
        created = [player.wait_for("session.created")["session_id"] for player in two_players]
        assert created == [found[0]["session_id"]] * 2
        assert [player.fence() for player in two_players] == [[], []]


def test_many_concurrent_searches_meet_in_pairs(player):
    players = {each.login: each for each in (player() for _ in range(10))}
    questions = {login: each.ask("searcher.start") for login, each in players.items()}
    for login, number in questions.items():
        assert "result" in players[login].answer(number)
    found = {login: each.wait_for("searcher.opponent_found") for login, each in players.items()}
    for login, params in found.items():
        assert found[params["opponent"]]["opponent"] == login
        assert found[params["opponent"]]["session_id"] == params["session_id"]
        assert players[login].fence() and len(players[login].events) == 1  # session.created


def test_a_search_tells_how_it_stands_and_can_be_stopped(player):
    one = player()
    assert one.call("searcher.status") == {"status": "idle"}
    one.refused("SearchNotStarted", "searcher.stop")
    one.call("searcher.start", options={"rated": False})
    status = one.call("searcher.status")
    assert (status["status"], status["game"], status["searching"]) == ("searching", "dobutsu", 1)
    assert status["options"] == {"clock": None, "rated": False}
    one.refused("SearchAlreadyStarted", "searcher.start")
    assert one.call("searcher.stop") == {}
    assert one.call("searcher.status") == {"status": "idle"}


def test_searches_with_different_options_do_not_meet(two_players):
    one, other = two_players
    one.call("searcher.start", options={"rated": False})
    assert other.call("searcher.start") == {"status": "searching"}


def test_a_search_ends_with_its_connection(player, connect):
    one = player()
    other_connection = connect()
    other_connection.call("auth.authenticate", access_token=one.token)
    one.call("searcher.start")
    assert other_connection.call("searcher.status")["status"] == "searching"
    one.drop()
    eventually(lambda: other_connection.call("searcher.status") == {"status": "idle"})
    assert player().call("searcher.start") == {"status": "searching"}
    assert other_connection.fence() == []


def test_a_search_tells_how_far_it_reaches(player):
    one = player()
    assert one.call("searcher.window") == {"window": None}
    one.call("searcher.start", rating_range=10)
    assert one.call("searcher.window") == {"window": 10}


def test_a_search_over_http_is_there_and_can_be_stopped(player, rpc):
    one = player()
    assert rpc("searcher.start", one.token) == {"status": "searching"}
    assert rpc("searcher.status", one.token)["searching"] == 1
    assert rpc("searcher.stop", one.token) == {}


def test_a_search_that_finds_nobody_expires_with_an_event(stack, player):
    one = player()
    with stack.given("searcher", SEARCH_EXPIRY=SEARCH_EXPIRY):
        one.call("searcher.start")
        expired = one.wait_for("searcher.expired")
        assert (expired["game"], expired["options"]) == ("dobutsu", DEFAULTS)
        assert expired["waited"] >= SEARCH_EXPIRY
        assert one.call("searcher.status") == {"status": "idle"}
        assert one.call("searcher.start") == {"status": "searching"}


@pytest.mark.parametrize("method", ["searcher.start", "rooms.create", "private_rooms.create"])
def test_an_unknown_game_or_option_is_refused(player, method):
    one = player()
    assert one.refused("GameNotFound", method, game="go").details["game"] == "go"
    refusal = one.refused("InvalidParams", method, options={"rated": 1, "komi": 6.5})
    assert {error["path"] for error in refusal.details["errors"]} == {
        "options.rated", "options.komi"
    }
    assert one.call("searcher.status") == {"status": "idle"}
    assert one.fence() == []


def test_a_game_is_there_for_all_from_its_beginning(two_players, connect):
    session_id = by_room(*two_players)
    watcher = connect(CheckedClient)
    session = watcher.call("sessions.get", session_id=session_id)
    assert (session["version"], session["status"], session["legal"]) == (0, "active", [])
    assert session["connected"] == [] and session["spectators"] == 0
    assert session["to_move"] == [two_players[0].login]
    assert watcher.call("sessions.history", session_id=session_id) == {"events": [], "next": None}


def test_a_connection_that_was_closed_answers_no_more(player):
    one = player()
    one.close()
    with pytest.raises(Closed):
        one.call("server.info")
