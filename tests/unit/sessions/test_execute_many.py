"""Commands that come in one call: decided one by one, and stored together."""

import pytest
from nameko.exceptions import deserialize
from sqlalchemy.exc import DataError

from sessions.exceptions import IllegalMove, NotYourTurn, SessionNotFound
from sessions.storage.commands import CommandTransaction

STATE_CHANGED = "session.state_changed"


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
        assert len(service.history(session_id)["events"]) == 1

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
        assert [event["command"]["move"] for event in service.history(faulty)["events"]] == [
            "b2b3", "a4a3"
        ]
        announced = outbox.hear(STATE_CHANGED)
        assert len(announced) == 4 and "mistake" not in str(announced)
