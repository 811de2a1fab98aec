"""How sessions stand, and what became of commands, as Prometheus is told."""

import pytest
from prometheus_client import REGISTRY

from extensions.errors import StorageAway
from sessions import metrics
from sessions.exceptions import IllegalMove
from tests.unit.sessions.conftest import CATCHING_THE_LION

COMMANDS = "arbiter_session_commands_total"


def value(gauge):
    [family] = gauge.collect()
    [sample] = family.samples
    return sample.value


@pytest.fixture
def look(service):
    """Has the service look: active sessions, those overdue, and by how many seconds."""

    def look():
        service.collect_gauges()
        return tuple(
            value(gauge)
            for gauge in (metrics.ACTIVE, metrics.OVERDUE, metrics.OVERDUE_SECONDS)
        )

    return look


@pytest.fixture
def counted():
    """How many more commands were counted than before, by command and outcome."""
    def numbers():
        return {
            (sample.labels["command"], sample.labels["outcome"]): sample.value
            for family in metrics.DECIDED.collect() for sample in family.samples
            if sample.name == COMMANDS
        }

    before = numbers()
    return lambda: {
        key: number - before.get(key, 0) for key, number in numbers().items()
        if number != before.get(key, 0)
    }


class TestStanding:
    def test_only_sessions_under_way_are_active(self, look, create, service):
        assert look()[0] == 0
        session_id = create()
        assert look()[0] == 1
        create()
        assert look()[0] == 2
        service.execute(session_id, "alice", {"type": "resign"}, "id")
        assert look()[0] == 1

    def test_a_deadline_is_overdue_until_somebody_looks(self, look, create, service, clock):
        service.keep_time()
        create()
        assert look() == (1, 0, 0)
        clock.advance(30 + 7)
        assert look() == (1, 1, 7)
        create()
        clock.advance(3)
        assert look() == (2, 1, 11)  # a second went by in between
        service.keep_time()
        assert look() == (2, 0, 0)

    def test_a_session_whose_game_has_been_taken_away_is_overdue_for_nobody(
        self, look, create, service, clock
    ):
        create()
        clock.advance(1000)
        assert look()[1] == 1
        del service.registry.games["dobutsu"]
        assert look() == (1, 0, 0)

    def test_among_millions_they_are_found_by_indexes(self, look, explain):
        steps = [step for step in explain(look, "count(*)") if " sessions " in step]
        assert len(steps) == 3
        assert all("INDEX" in step for step in steps), steps


class TestCommands:
    def test_each_is_counted_by_what_it_was_answered(self, service, session_id, counted):
        move = {"type": "move", "move": CATCHING_THE_LION[0]}
        orders = [
            {"session_id": session_id, "login": login, "command": command, "command_id": str(n)}
            for n, (login, command) in enumerate([
                ("alice", move), ("alice", {"type": "resign"}), ("bob", {"type": "resign"}),
            ])
        ]
        service.execute_many(orders)
        assert counted() == {
            ("move", "ok"): 1, ("resign", "ok"): 1, ("resign", "SessionEnded"): 1,
        }

    def test_one_by_itself_is_counted_too(self, execute, counted):
        execute("alice", move="b2b3")
        with pytest.raises(IllegalMove):
            execute("bob", move="b2b3")
        assert counted() == {("move", "ok"): 1, ("move", "IllegalMove"): 1}

    def test_what_a_client_has_made_up_is_no_name(self, service, session_id, counted):
        service.execute_many([
            {"session_id": session_id, "login": "alice", "command": command, "command_id": "1"}
            for command in ({"type": "cheat"}, {"type": ["move"]}, {})
        ])
        assert counted() == {("unknown", "InvalidCommand"): 3}

    def test_faults_are_told_from_refusals(self, counted):
        bodies = [{"type": "move"}] * 3
        metrics.count_commands(bodies, [StorageAway("no"), ValueError("no"), {"version": 1}])
        assert counted() == {("move", "StorageAway"): 1, ("move", "error"): 1, ("move", "ok"): 1}


def test_none_of_it_is_told_by_a_process_that_has_no_sessions():
    assert REGISTRY.get_sample_value("arbiter_sessions_active") is None
