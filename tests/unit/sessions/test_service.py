"""Creating sessions and executing commands: each once, stored before it is announced."""

import pytest
from nameko.exceptions import deserialize
from sqlalchemy.exc import DataError, IntegrityError

from sessions import events
from sessions.exceptions import (
    GameNotFound,
    IllegalMove,
    InvalidCommand,
    InvalidOptions,
    NotAPlayer,
    NotYourTurn,
    SessionEnded,
    SessionNotFound,
    StaleVersion,
)
from sessions.storage.commands import CommandTransaction
from tests.unit.sessions.conftest import CATCHING_THE_LION, OPTIONS

CONNECTED = "session.player_connected"
STATE_CHANGED, ENDED = "session.state_changed", "session.ended"


def events_of(service, session_id):
    return service.history(session_id)["events"]


def types(events):
    return [event["type"] for event in events]


class TestGames:
    def test_games_are_listed_by_name(self, service):
        games = service.games()
        assert [game["name"] for game in games] == ["dobutsu", "faulty", "high_card", "undecidable"]
        assert games[0] == {
            "name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2
        }

    def test_options_are_completed(self, service):
        assert service.complete_options("dobutsu", {}) == {
            "game": "dobutsu", "options": OPTIONS, "seats": 2
        }

    def test_an_unknown_game_is_refused_before_its_options(self, service, refused):
        with refused(GameNotFound) as caught:
            service.complete_options("tafl", {"surprise": 1})
        assert caught.value.details == {"game": "tafl"}
        with refused(InvalidOptions):
            service.complete_options("dobutsu", {"surprise": 1})
        with refused(InvalidOptions):
            service.complete_options("dobutsu", {}, 3)


class TestCreate:
    def test_a_session_starts_and_each_player_is_told(self, service, outbox):
        session_id = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        session = service.get(session_id)
        assert (session["players"], session["to_move"], session["version"]) == (
            ["alice", "bob"], ["alice"], 0
        )
        assert outbox.heard == [
            ("session.created", ("alice",)), ("session.created", ("bob",))
        ]
        assert events.is_id(session_id)
        announced = [params["session"] for params in outbox.hear("session.created")]
        assert announced == [service.get(session_id, login) for login in ("alice", "bob")]

    def test_the_same_key_gives_the_same_session_silently(self, service, clock, silent):
        first = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        clock.advance(100)
        with silent():
            assert service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]) == first
        assert len(service.list()["items"]) == 1

    def test_another_key_gives_another_session(self, service):
        ids = {service.create(key, "dobutsu", OPTIONS, ["alice", "bob"]) for key in "abc"}
        assert len(ids) == 3

    def test_a_known_key_is_found_where_its_game_is_gone(self, service, silent):
        first = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        del service.registry.games["dobutsu"]
        with silent():
            assert service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]) == first

    def test_a_new_session_needs_no_query(self, service, statements):
        said = statements(lambda: service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]))
        assert said and not [each for each in said if "SELECT" in each]

    def test_a_session_that_cannot_be_stored_is_an_error(self, service):
        with pytest.raises(IntegrityError):
            service.create("key", "dobutsu", OPTIONS, ["alice", "ALICE"])

    def test_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.create("key", "tafl", OPTIONS, ["alice", "bob"])


class TestInitialState:
    def test_the_initial_state_is_shown_after_moves(self, service, session_id, play):
        before = service.get(session_id)["state"]
        play(*CATCHING_THE_LION[:2])
        assert service.initial_state(session_id) == {"state": before}

    def test_secrets_of_the_initial_state_are_kept_until_the_end(self, service, execute):
        session_id = service.create("key", "high_card", OPTIONS, ["alice", "bob"])
        before = {each: service.get(session_id, each)["state"] for each in ("alice", "bob", None)}
        execute("alice", move=f"play {before['alice']['hand'][0]}", session_id=session_id)
        for viewer, state in before.items():
            assert service.initial_state(session_id, viewer) == {"state": state}
        execute("bob", "resign", session_id=session_id)
        shown = service.initial_state(session_id)["state"]
        assert shown["hands"] == [before["alice"]["hand"], before["bob"]["hand"]]

    def test_an_unknown_session_is_not_found(self, service, refused):
        with refused(SessionNotFound):
            service.initial_state("nowhere")


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
        events = events_of(service, session_id)
        assert [event["version"] for event in events] == list(range(1, 6))
        assert types(events) == [CONNECTED, CONNECTED, STATE_CHANGED, STATE_CHANGED, ENDED]

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
        assert events_of(service, session_id) == []

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


class TestExecuteMany:
    @staticmethod
    def request(session_id, login, command_id="1", **command):
        return {
            "session_id": session_id, "login": login, "command": {"type": "move", **command},
            "command_id": command_id,
        }

    def test_each_command_is_looked_up_by_its_whole_key(self, service, session_id, create, explain):
        requests = [
            self.request(each, "alice", move="b2b3") for each in (session_id, create(), create())
        ]
        steps = explain(lambda: service.execute_many(requests), "session_commands")
        [search] = [step for step in steps if "session_commands" in step]
        assert "(session_id=? AND login=? AND command_id=?)" in search

    def test_commands_are_decided_and_answered_one_by_one(self, service, session_id, create):
        other = create()
        answers = service.execute_many(
            [
                self.request(session_id, "alice", move="b2b3"),
                self.request(session_id, "bob", move="nonsense"),
                self.request(other, "bob", move="a4a3"),
                self.request(session_id, "bob", "2", move="a4a3"),
                self.request("nowhere", "alice", move="b2b3"),
            ]
        )
        assert [answer.get("result") for answer in answers] == [
            {"version": 1, "command_id": "1"}, None, None, {"version": 2, "command_id": "2"}, None
        ]
        errors = [deserialize(answer["error"]) for answer in answers if "error" in answer]
        assert [type(error) for error in errors] == [IllegalMove, NotYourTurn, SessionNotFound]
        assert service.get(session_id)["version"] == 2

    def test_only_what_was_done_is_announced_in_order(self, service, session_id, outbox):
        service.execute_many(
            [
                self.request(session_id, "bob", move="a4a3"),
                self.request(session_id, "alice", move="b2b3"),
                self.request(session_id, "bob", "2", move="a4a3"),
            ]
        )
        assert [announced["version"] for announced in outbox.hear(STATE_CHANGED)] == [1, 2]

    def test_a_command_repeated_in_one_batch_is_applied_once(self, service, session_id):
        request = self.request(session_id, "alice", move="b2b3")
        first, second = service.execute_many([request, request])
        assert first == second == {"result": {"version": 1, "command_id": "1"}}
        assert len(events_of(service, session_id)) == 1

    def test_no_commands_have_no_answers(self, service, silent):
        with silent():
            assert service.execute_many([]) == []

    @pytest.fixture
    def storing_fails_for(self, monkeypatch):
        """Return a function that makes every transaction with this command id fail."""
        save = CommandTransaction.save

        def storing_fails_for(command_id):
            def failing(self, changes, answered):
                if command_id in [key[2] for key in answered]:
                    raise DataError("INSERT", {}, Exception("no"))
                save(self, changes, answered)

            monkeypatch.setattr(CommandTransaction, "save", failing)

        return storing_fails_for

    def test_a_failing_transaction_fails_only_its_own_command(
        self, service, session_id, create, outbox, storing_fails_for
    ):
        others = [create(), create()]
        storing_fails_for("bad")
        answers = service.execute_many(
            [
                self.request(others[0], "alice", move="b2b3"),
                self.request(session_id, "alice", "bad", move="b2b3"),
                self.request(others[1], "alice", move="b2b3"),
            ]
        )
        assert [answer.get("result", {}).get("version") for answer in answers] == [1, None, 1]
        assert "error" in answers[1]
        assert service.get(session_id)["version"] == 0
        assert len(outbox.hear(STATE_CHANGED)) == 2

    @pytest.mark.parametrize("mistake", ["apply", "outcome", "legal_moves", "view", "json"])
    def test_a_fault_of_a_game_fails_only_its_own_command(
        self, service, session_id, create, outbox, mistake
    ):
        faulty, other = create("faulty"), create("faulty")
        answers = service.execute_many(
            [
                self.request(faulty, "alice", move="b2b3"),
                self.request(faulty, "bob", move=mistake),
                self.request(faulty, "bob", "2", move="a4a3"),
                self.request(other, "alice", move="b2b3"),
                self.request(session_id, "alice", move="b2b3"),
            ]
        )
        # The gateway logs the class; the client is told `InternalError`.
        assert type(deserialize(answers.pop(1)["error"])).__name__ == "RemoteError"
        assert [answer["result"]["version"] for answer in answers] == [1, 2, 1, 1]
        assert [event["command"]["move"] for event in events_of(service, faulty)] == [
            "b2b3", "a4a3"
        ]
        announced = outbox.hear(STATE_CHANGED)
        assert len(announced) == 4 and "mistake" not in str(announced)


class TestResignAll:
    def test_active_sessions_of_the_player_are_resigned(
        self, service, session_id, create, execute, outbox
    ):
        active, ended = session_id, create()
        others = create(players=["carol", "dave"])
        execute("bob", "resign", session_id=ended)
        outbox.forget()
        service.resign_all("alice")
        assert service.get(active)["result"]["winner"] == "bob"
        assert service.get(ended)["result"]["winner"] == "alice"
        assert service.get(others)["status"] == "active"
        assert [announced["session_id"] for announced in outbox.hear(ENDED)] == [active]

    def test_without_sessions_nothing_happens(self, service, silent):
        with silent():
            service.resign_all("nobody")


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
