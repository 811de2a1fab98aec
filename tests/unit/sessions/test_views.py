"""Who sees what of a session, in snapshots, events and messages."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from sessions import attendance, messages, views
from sessions.standing_moves import standing
from sessions.time_controls import DAY_SECONDS as DAY
from tests.unit.sessions.conftest import CATCHING_THE_LION, NOW

ALICE, BOB = "session.s1.player.alice", "session.s1.player.bob"
SPECTATORS, EVERYBODY = "session.s1.spectators", "session.s1.all"
NOBODY = Counter()
AT = "2023-11-14T22:13:20.000Z"


@pytest.fixture
def played(high_card, give):
    """Return a function that plays a card face down; it returns the messages by routing key."""

    def played(login="alice"):
        seat = high_card.players.index(login)
        move = high_card.game.legal_moves(high_card.state, seat)[0]
        happened = give(high_card, login, "move", move=move).events
        sent = messages.of_events(high_card, happened)
        return move, {message.routing_key: message for message in sent}

    return played


def secrets_of(match, login):
    """Return what only this player may read: the cards as they would stand in a message."""
    seat = match.players.index(login)
    cards = match.state["hands"][seat] + match.state["played"][seat]
    return {f"play {card}" for card in cards} | {str(match.state["hands"][seat])}


def text(value):
    return json.dumps(getattr(value, "body", value))


def tells(message, secrets):
    return {secret for secret in secrets if secret in text(message)}


class TestSecrets:
    """Games with secrets."""

    def test_each_viewer_has_a_routing_key_of_their_own(self, played):
        _, sent = played()
        assert {key: message.cc for key, message in sent.items()} == {
            ALICE: ("player.alice",), BOB: ("player.bob",), SPECTATORS: (EVERYBODY,)
        }

    def test_secrets_travel_under_no_other_key(self, high_card, played):
        for login in ("alice", "bob", "alice"):
            _, sent = played(login)
            for owner, others in [("alice", (BOB, SPECTATORS)), ("bob", (ALICE, SPECTATORS))]:
                secrets = secrets_of(high_card, owner)
                assert not [key for key in others if tells(sent[key], secrets)]

    def test_a_player_is_told_their_own_secrets(self, high_card, played):
        move, sent = played()
        params = sent[ALICE].params
        assert params["state"]["hand"] == high_card.state["hands"][0]
        assert params["command"] == {"login": "alice", "type": "move", "move": move}
        assert params["legal"] == high_card.game.legal_moves(high_card.state, 0)

    def test_a_secret_move_is_null_to_others(self, played):
        _, sent = played()
        for key in (BOB, SPECTATORS):
            assert sent[key].params["command"] == {
                "login": "alice", "type": "move", "move": None
            }
            assert sent[key].params["version"] == 1

    def test_a_snapshot_shows_only_the_viewers_own_secrets(self, high_card, played):
        played()
        for viewer, other in [("alice", "bob"), ("bob", "alice")]:
            snapshot = views.snapshot(high_card, viewer, NOBODY, NOW)
            assert snapshot["state"]["hand"] == high_card.state["hands"][
                high_card.players.index(viewer)
            ]
            assert snapshot["legal"]
            assert not tells(snapshot, secrets_of(high_card, other))
        for viewer in (None, "carol"):
            snapshot = views.snapshot(high_card, viewer, NOBODY, NOW)
            assert snapshot["legal"] == []
            for owner in ("alice", "bob"):
                assert not tells(snapshot, secrets_of(high_card, owner))

    @pytest.mark.parametrize("viewer", ["bob", None, "carol"])
    def test_history_keeps_secrets_while_the_game_goes_on(self, high_card, give, viewer):
        move = high_card.game.legal_moves(high_card.state, 0)[0]
        [event] = give(high_card, "alice", "move", move=move).events
        shown = views.event_view(high_card, event, viewer)
        assert shown["command"]["move"] is None
        assert not tells(shown, secrets_of(high_card, "alice"))

    @pytest.mark.parametrize("viewer", ["alice", "bob", None, "carol"])
    def test_an_ended_session_shows_its_secrets_to_all(self, high_card, give, viewer):
        move = high_card.game.legal_moves(high_card.state, 0)[0]
        [event] = give(high_card, "alice", "move", move=move).events
        give(high_card, "bob", "resign")
        snapshot = views.snapshot(high_card, viewer, NOBODY, NOW)
        assert snapshot["state"]["hands"] == high_card.state["hands"]
        assert snapshot["legal"] == []
        shown = views.event_view(high_card, event, viewer)
        assert shown["command"]["move"] == move
        assert shown["state"]["hands"] == high_card.state["hands"]

    def test_a_player_without_legal_moves_is_told_none(self, high_card, played):
        played("alice")
        _, sent = played("alice")
        assert sent[ALICE].params["legal"] == []
        assert sent[ALICE].params["to_move"] == ["bob"]


class TestPublic:
    """Games without secrets."""

    @pytest.fixture
    def message(self, match, give):
        [message] = messages.of_events(match, give(match, "alice", "move", move="b2b3").events)
        return message

    def test_a_move_is_one_message_for_everybody(self, message):
        assert (message.routing_key, message.event, message.cc) == (
            EVERYBODY, "session.state_changed", ()
        )
        assert message.routing_key == "session.s1.all"

    def test_the_message_has_what_everybody_may_see(self, match, message):
        assert message.params == {
            "at": AT, "session_id": "s1", "version": 1,
            "command": {"login": "alice", "type": "move", "move": "b2b3"},
            "state": match.game.view(match.state, None), "to_move": ["bob"], "clocks": None,
            "draw_offered_by": None,
        }

    def test_legal_moves_are_beside_the_params_for_the_gateway(self, match, message):
        assert message.body["legal"] == {"bob": match.game.legal_moves(match.state, 1)}
        assert message.body["params"] == message.params

    def test_after_the_last_move_nobody_has_legal_moves(self, match, move, give):
        move(match, *CATCHING_THE_LION[:2])
        happened = give(match, "alice", "move", move=CATCHING_THE_LION[2]).events
        changed, ended, _ = messages.of_events(match, happened)
        assert (changed.params["to_move"], changed.body["legal"]) == ([], {})
        assert changed.params["version"] + 1 == ended.params["version"] == 4

    def test_a_snapshot_has_legal_moves_for_the_player_to_move(self, match):
        for viewer in ("bob", None, "carol"):
            assert views.snapshot(match, viewer, NOBODY, NOW)["legal"] == []
        legal = views.snapshot(match, "alice", NOBODY, NOW)["legal"]
        assert legal == match.game.legal_moves(match.state, 0) != []


class TestSnapshot:
    def test_a_new_session_has_a_complete_snapshot(self, match):
        assert views.snapshot(match, "bob", NOBODY, NOW) == {
            "session_id": "s1", "game": "dobutsu", "game_version": 1,
            "options": {"clock": None, "rated": True}, "speed": "classical",
            "players": ["alice", "bob"], "status": "active", "version": 0, "to_move": ["alice"],
            "state": match.game.view(match.state, 1), "legal": [], "clocks": None,
            "clock_details": None,
            "connected": [], "spectators": 0, "draw_offered_by": None, "claims": [],
            "takeback_offered_by": None, "takebacks": False,
            "out": [], "result": None, "created_at": AT, "ended_at": None, "rematch_asked_by": [],
            "deadlines": None,
        }

    def test_a_summary_is_a_snapshot_without_the_board(self, match):
        whole = views.snapshot(match, None, Counter([None]), NOW)
        board = {
            "state", "legal", "clocks", "clock_details", "draw_offered_by", "takeback_offered_by",
            "takebacks", "claims", "out", "rematch_asked_by",
        }
        assert views.summary(match, Counter([None])) == {
            name: value for name, value in whole.items() if name not in board
        }

    def test_connected_players_are_in_the_order_of_moving(self, match):
        summary = views.summary(match, Counter(["bob", None, "alice", "bob", None]))
        assert (summary["connected"], summary["spectators"]) == (["alice", "bob"], 2)

    def test_a_list_has_the_ends_of_days_and_vacation(self, begin, move):
        match = begin(clock={"days": 2, "vacation": 3})
        assert views.summary(match, NOBODY)["deadlines"] == {
            "alice": {"delay": "2023-11-16T22:13:20.000Z", "main": "2023-11-19T22:13:20.000Z"}
        }
        move(match, "b2b3", after=4 * DAY)
        move(match, "a4a3", after=5 * DAY)
        assert views.summary(match, NOBODY)["deadlines"] == {
            "alice": {"delay": "2023-11-21T22:13:20.000Z", "main": "2023-11-22T22:13:20.000Z"}
        }
        match.end(NOW + 6 * DAY, "aborted")
        assert views.summary(match, NOBODY)["deadlines"] is None
        rapid = begin(clock={"initial": 600, "increment": 0})
        assert views.summary(rapid, NOBODY)["deadlines"] is None

    def test_clocks_are_shown_as_of_now(self, begin, move):
        match = begin(clock={"initial": 60, "increment": 0})
        move(match, "b2b3", "a4a3")
        assert views.snapshot(match, None, NOBODY, NOW + 5)["clocks"] == {"alice": 55, "bob": 60}

    def test_claims_are_shown_to_the_player_who_has_them(self, begin, move):
        match = begin(leaving="claim")
        move(match, "b2b3", "a4a3")
        attendance.disconnect(match, "bob", NOW)
        shown = {
            viewer: views.snapshot(match, viewer, NOBODY, NOW + 30)["claims"]
            for viewer in ("alice", "bob", None)
        }
        assert shown == {"alice": ["claim_victory", "claim_draw"], "bob": [], None: []}

    def test_an_ended_session_has_no_turn_and_no_offer(self, match, give):
        give(match, "alice", "offer_draw")
        give(match, "bob", "accept_draw", after=5)
        shown = views.snapshot(match, "alice", NOBODY, NOW + 10)
        assert (shown["status"], shown["to_move"], shown["legal"], shown["claims"]) == (
            "ended", [], [], []
        )
        assert (shown["draw_offered_by"], shown["ended_at"]) == (None, "2023-11-14T22:13:25.000Z")


class TestMessages:
    def test_connections_are_announced_to_everybody(self, match):
        happened = attendance.connect(match, "alice", NOW)
        happened += attendance.disconnect(match, "alice", NOW)
        came, left = messages.of_events(match, happened)
        assert (came.routing_key, came.event, came.params) == (
            EVERYBODY, "session.player_connected",
            {"at": AT, "session_id": "s1", "version": 1, "login": "alice"},
        )
        assert (left.event, left.params["deadline"]) == (
            "session.player_disconnected", "2023-11-14T22:13:50.000Z"
        )

    def test_the_end_is_announced_on_both_exchanges(self, match, give):
        ended, counted = messages.of_events(match, give(match, "bob", "resign").events)
        result = {"winner": "alice", "reason": "resignation", "by_player": {"alice": 1, "bob": 0}}
        assert (ended.routing_key, ended.exchange) == (EVERYBODY, None)
        assert ended.params == {"at": AT, "session_id": "s1", "version": 1, "result": result}
        assert (counted.exchange, counted.event) == ("session.results", "session.result")
        assert counted.cc == ()
        assert counted.params == {
            "session_id": "s1", "game": "dobutsu", "options": match.options,
            "players": ["alice", "bob"], "result": result, "ended_at": NOW,
        }

    def test_a_new_session_is_announced_to_each_player(self, match):
        sent = [messages.created(match, login, NOBODY, NOW) for login in match.players]
        assert [message.cc for message in sent] == [
            ("player.alice",), ("player.bob",)
        ]
        assert [bool(message.params["session"]["legal"]) for message in sent] == [True, False]
        assert "version" not in sent[0].params

    def test_a_new_session_is_announced_without_secrets(self, high_card):
        for login, other in [("alice", "bob"), ("bob", "alice")]:
            message = messages.created(high_card, login, NOBODY, NOW)
            assert not tells(message, secrets_of(high_card, other))
            assert tells(message, secrets_of(high_card, login))

    def test_a_rematch_request_is_announced_to_the_players(self, match):
        message = messages.rematch_asked(match, "bob", NOW)
        assert message.params == {"at": AT, "session_id": "s1", "login": "bob"}
        assert message.players == ("alice", "bob")

    def test_the_number_of_spectators_is_announced(self, match):
        message = messages.spectators_changed(match, 3, NOW)
        assert (message.routing_key, message.event) == (EVERYBODY, "session.spectators_changed")
        assert message.params == {"at": AT, "session_id": "s1", "spectators": 3}


class TestEvents:
    def test_an_event_shows_what_was_announced(self, match, give):
        [event] = give(match, "alice", "move", move="b2b3").events
        [message] = messages.of_events(match, [event])
        legal = message.body["legal"].get("bob")
        assert views.event_view(match, event, "bob") == {
            "type": "session.state_changed", "legal": legal,
            **{name: value for name, value in message.params.items() if name != "session_id"},
        }

    def test_an_export_has_the_moves_and_their_players(self, match, give, monkeypatch):
        monkeypatch.setattr(type(match.game), "export", lambda self, record: ("record", record))
        setup, happened = match.state, []
        for login, move in zip(["alice", "bob", "alice"], CATCHING_THE_LION, strict=True):
            happened += give(match, login, "move", move=move).events
        made = standing(happened)
        clocked = [replace(each, clocks={"alice": 9, "bob": 8}) for each in made]
        assert views.export(match, setup, clocked, "a test")["text"].clocks == [9, 8, 9]
        record = views.export(match, setup, made, "a test")["text"]
        assert record.moves == [(0, "b2b3"), (1, "a4a3"), (0, "b3b4+")]
        assert record.clocks == []
        assert (record.players, record.date, record.setup, record.result) == (
            ["alice", "bob"], "2023-11-14", setup, match.result
        )
