"""The metrics of sessions: gauges from the database, and counted commands."""

import eventlet
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
def gauges(service):
    """Return a function that collects the gauges: active, overdue, seconds overdue."""

    def gauges():
        service.collect_gauges()
        return tuple(
            value(gauge)
            for gauge in (metrics.ACTIVE, metrics.OVERDUE, metrics.OVERDUE_SECONDS)
        )

    return gauges


@pytest.fixture
def counted():
    """Return a function that returns the commands counted since, by type and outcome."""
    def numbers():
        eventlet.sleep(0)  # they are counted after the answer
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


class TestGauges:
    def test_only_sessions_that_go_on_are_active(self, gauges, create, service):
        assert gauges()[0] == 0
        session_id = create()
        assert gauges()[0] == 1
        create()
        assert gauges()[0] == 2
        service.execute(session_id, "alice", {"type": "resign"}, "id")
        assert gauges()[0] == 1

    def test_a_deadline_is_overdue_until_it_is_decided(self, gauges, create, service, clock):
        service.keep_time()
        create()
        assert gauges() == (1, 0, 0)
        clock.advance(30 + 7)
        assert gauges() == (1, 1, 7)
        create()
        clock.advance(3)
        assert gauges() == (2, 1, 11)  # creating took a second
        service.keep_time()
        assert gauges() == (2, 0, 0)

    def test_a_session_of_a_removed_game_is_not_overdue(self, gauges, create, service, clock):
        create()
        clock.advance(1000)
        assert gauges()[1] == 1
        del service.registry.games["dobutsu"]
        assert gauges() == (1, 0, 0)

    def test_the_gauges_use_indexes(self, gauges, explain):
        steps = [step for step in explain(gauges, "count(*)") if " sessions " in step]
        assert len(steps) == 4
        assert all("INDEX" in step for step in steps), steps


class TestCommands:
    def test_commands_are_counted_by_type_and_outcome(self, service, session_id, counted):
        move = {"type": "move", "move": CATCHING_THE_LION[0]}
        requests = [
            {"session_id": session_id, "login": login, "command": command, "command_id": str(n)}
            for n, (login, command) in enumerate([
                ("alice", move), ("alice", {"type": "resign"}), ("bob", {"type": "resign"}),
            ])
        ]
        service.execute_many(requests)
        assert counted() == {
            ("move", "ok"): 1, ("resign", "ok"): 1, ("resign", "SessionEnded"): 1,
        }

    def test_a_command_by_itself_is_counted_too(self, execute, counted):
        execute("alice", move="b2b3")
        with pytest.raises(IllegalMove):
            execute("bob", move="b2b3")
        assert counted() == {("move", "ok"): 1, ("move", "IllegalMove"): 1}

    def test_made_up_types_are_counted_as_unknown(self, service, session_id, counted):
        service.execute_many([
            {"session_id": session_id, "login": "alice", "command": command, "command_id": "1"}
            for command in ({"type": "cheat"}, {"type": ["move"]}, {})
        ])
        assert counted() == {("unknown", "InvalidCommand"): 3}

    def test_faults_are_told_from_refusals(self, counted):
        bodies = [{"type": "move"}] * 3
        metrics.count_commands(bodies, [StorageAway("no"), ValueError("no"), {"version": 1}])
        assert counted() == {("move", "StorageAway"): 1, ("move", "error"): 1, ("move", "ok"): 1}


def test_other_processes_do_not_expose_the_gauges():
    assert REGISTRY.get_sample_value("arbiter_sessions_active") is None
