"""Commands that are executed: refused, applied once, stored before they are announced."""

import pytest

from sessions.exceptions import (
    IllegalMove,
    InvalidCommand,
    NotAPlayer,
    NotYourTurn,
    SessionEnded,
    SessionNotFound,
    StaleVersion,
)
from tests.unit.sessions.conftest import CATCHING_THE_LION, OPTIONS

CONNECTED = "session.player_connected"
STATE_CHANGED, ENDED = "session.state_changed", "session.ended"


class TestExecute:
    def test_a_move_is_applied_announced_and_answered(self, service, session_id, execute, outbox):
        answer = execute("alice", move="b2b3", command_id="mine")
        assert answer == {"version": 1, "command_id": "mine"}
        assert service.get(session_id)["state"]["ply"] == 1
        [announced] = outbox.hear(STATE_CHANGED)
        assert (announced["version"], announced["to_move"]) == (1, ["bob"])

    def test_a_last_move_is_answered_with_its_own_version(
        self, service, session_id, play, execute, outbox
    ):
        play(*CATCHING_THE_LION[:2])
        assert execute("alice", move=CATCHING_THE_LION[2])["version"] == 3
        assert [event for event, _ in outbox.heard[-3:]] == [
            STATE_CHANGED, ENDED, "session.result"
        ]
        session = service.get(session_id)
        assert (session["status"], session["version"], session["result"]["reason"]) == (
            "ended", 4, "lion_caught"
        )

    @pytest.mark.parametrize("clock_options", [None, {"initial": 60, "increment": 2}])
    def test_a_move_asks_the_game_for_its_outcome_once(
        self, create, execute, game_calls, clock_options
    ):
        session_id = create(options={**OPTIONS, "clock": clock_options})
        game_calls.clear()
        execute("alice", move="b2b3", version=0, session_id=session_id)
        assert game_calls == {
            "to_move": 2,  # before the move and after it
            "apply": 1, "outcome": 1, "for_history": 1, "view": 1, "legal_moves": 1,
        }

    def test_a_last_move_asks_the_game_for_its_outcome_once(self, play, execute, game_calls):
        play(*CATCHING_THE_LION[:2])
        game_calls.clear()
        execute("alice", move=CATCHING_THE_LION[2], version=2)
        assert game_calls["outcome"] == game_calls["to_move"] == 1

    def test_events_are_stored_without_gaps(self, service, session_id, under_way, execute):
        execute("bob", "resign")
        events = service.history(session_id)["events"]
        assert [event["version"] for event in events] == list(range(1, 6))
        assert [event["type"] for event in events] == [
            CONNECTED, CONNECTED, STATE_CHANGED, STATE_CHANGED, ENDED
        ]

    def test_resigning_ends_the_session(self, service, session_id, execute):
        assert execute("bob", "resign")["version"] == 1
        assert service.get(session_id)["result"] == {
            "winner": "alice", "reason": "resignation", "by_player": {"alice": 1, "bob": 0}
        }

    @pytest.mark.parametrize(
        ("error", "login", "command"),
        [
            (NotAPlayer, "carol", {"kind": "resign"}),
            (InvalidCommand, "alice", {"kind": "castle"}),
            (StaleVersion, "alice", {"move": "b2b3", "version": 7}),
            (NotYourTurn, "bob", {"move": "b3b2"}),
            (IllegalMove, "alice", {"move": "a1a1"}),
        ],
    )
    def test_a_refused_command_changes_and_announces_nothing(
        self, service, session_id, execute, refused, error, login, command
    ):
        before = service.get(session_id)
        with refused(error):
            execute(login, **command)
        assert service.get(session_id) == before
        assert service.history(session_id)["events"] == []

    def test_an_unknown_session_is_not_found(self, execute, refused):
        with refused(SessionNotFound) as caught:
            execute("alice", "resign", session_id="nowhere")
        assert caught.value.details == {"session_id": "nowhere"}

    def test_not_a_player_comes_before_all_other_refusals(
        self, service, session_id, execute, refused
    ):
        execute("alice", "resign", command_id="hers")
        for command in [{"kind": "castle"}, {"kind": "resign", "version": 9},
                        {"kind": "resign", "command_id": "hers"}]:
            with refused(NotAPlayer):
                execute("carol", **command)

    def test_a_player_is_known_by_the_exact_login(self, execute, refused):
        with refused(NotAPlayer):
            execute("Alice", "resign")

    def test_an_ended_session_takes_no_command(self, execute, refused):
        execute("alice", "resign")
        with refused(SessionEnded):
            execute("bob", "castle")


class TestRepeatedCommands:
    def test_the_same_id_has_one_effect_and_the_same_answer(
        self, service, session_id, execute, silent
    ):
        first = execute("alice", move="b2b3", command_id="mine")
        with silent():
            assert execute("alice", move="b2b3", command_id="mine") == first
        assert service.get(session_id)["version"] == 1

    def test_the_body_of_a_repeated_command_is_ignored(self, execute, silent):
        first = execute("alice", move="b2b3", command_id="mine")
        with silent():
            assert execute("alice", "castle", version=99, command_id="mine") == first

    def test_a_repeated_command_is_answered_after_the_end(self, execute, silent):
        moved = execute("alice", move="b2b3", command_id="mine")
        resigned = execute("alice", "resign", command_id="the last")
        with silent():
            assert execute("alice", move="b2b3", command_id="mine") == moved
            assert execute("alice", "resign", command_id="the last") == resigned

    def test_a_repeated_last_move_is_answered_with_its_own_version(self, play, execute):
        play(*CATCHING_THE_LION[:2])
        first = execute("alice", move=CATCHING_THE_LION[2], command_id="mine")
        assert execute("alice", move=CATCHING_THE_LION[2], command_id="mine") == first
        assert first["version"] == 3

    def test_a_second_offer_is_answered_with_the_first_version(self, execute, connect):
        assert execute("alice", "offer_draw", command_id="first")["version"] == 1
        connect("bob")
        assert execute("alice", "offer_draw", command_id="second")["version"] == 1
        execute("bob", "decline_draw")
        assert execute("alice", "offer_draw", command_id="second")["version"] == 1

    def test_command_ids_are_each_players_own(self, service, session_id, execute):
        execute("alice", move="b2b3", command_id="1")
        assert execute("bob", move="a4a3", command_id="1")["version"] == 2

    def test_command_ids_are_each_sessions_own(self, create, execute):
        execute("alice", move="b2b3", command_id="1")
        execute("alice", "resign", command_id="2")
        other = create()
        assert execute("alice", move="b2b3", command_id="1", session_id=other)["version"] == 1

    def test_a_refused_command_is_not_remembered(self, execute, refused):
        with refused(NotYourTurn):
            execute("bob", move="a4a3", command_id="mine")
        execute("alice", move="b2b3")
        assert execute("bob", move="a4a3", command_id="mine")["version"] == 2


class TestStaleVersion:
    def test_only_a_move_makes_a_version_stale(self, execute, connect, refused):
        execute("alice", move="b2b3")
        connect("alice")
        assert execute("bob", move="a4a3", version=1)["version"] == 3
        with refused(StaleVersion) as caught:
            execute("alice", move="b3b4+", version=2)
        assert caught.value.details == {"version": 3}

    def test_only_an_own_move_makes_it_stale_if_all_may_move(
        self, service, create, execute, refused
    ):
        session_id = create("high_card")
        hands = [service.get(session_id, login)["legal"] for login in ("alice", "bob")]
        execute("alice", move=hands[0][0], version=0, session_id=session_id)
        execute("bob", move=hands[1][0], version=0, session_id=session_id)
        with refused(StaleVersion):
            execute("bob", move=hands[1][1], version=0, session_id=session_id)
