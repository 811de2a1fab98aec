"""A loop that does not do its work is unhealthy, and one that does not even come round is stuck."""

import logging

import eventlet
import pytest
from prometheus_client import REGISTRY

from extensions.errors import StorageAway
from extensions.observability import health
from extensions.observability.health import GRACE_SECONDS, LoopHealth, ProcessHealth


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(health, "STUCK_CHECK_INTERVAL_SECONDS", 0.01)
    known = ProcessHealth()
    yield known
    known.clear()


@pytest.fixture
def let_go(monkeypatch):
    """Lets so many seconds go by."""
    now = [1000.0]
    monkeypatch.setattr(health.time, "monotonic", lambda: now[0])

    def let_go(seconds):
        now[0] += seconds

    return let_go


class TestAiling:
    def test_a_loop_that_works_does_not_ail(self, let_go, known):
        loop = known.watch("keep_time", 1)
        for _ in range(100):
            let_go(1)
            loop.succeeded()
        assert known.problems() == []

    def test_a_loop_that_has_not_worked_for_long_ails_and_is_named(self, let_go, known):
        known.watch("keep_time", 1)
        known.watch("sweep", 60)
        let_go(GRACE_SECONDS + 2)
        assert known.problems() == []
        let_go(2)
        assert known.problems() == ["keep_time has not run for 14 s"]

    def test_a_loop_that_fails_each_time_ails_though_it_comes_round(self, let_go, known):
        loop = known.watch("keep_time")
        for _ in range(20):
            let_go(1)
            loop.failed(StorageAway())
        assert known.problems() == ["keep_time has not run for 20 s"]
        loop.succeeded()
        assert known.problems() == []

    def test_seconds_since_a_run_are_a_metric_while_it_is_watched(self, let_go, known):
        def metric():
            return REGISTRY.get_sample_value(
                "arbiter_loop_seconds_since_run", {"loop": "keep_time"}
            )

        known.watch("keep_time", 1)
        let_go(7)
        assert metric() == 7
        known.clear()
        assert metric() is None


class TestStuck:
    def await_stuck(self, known, timeout=0.05, reachable=lambda: True, seconds=0.3):
        """What is found to be stuck within so many seconds; None where nothing is."""
        with eventlet.Timeout(seconds, False):
            return known.await_stuck(timeout, reachable)

    def test_a_loop_that_does_not_come_round_is_stuck_and_named(self, known):
        known.watch("keep_time")
        known.watch("sweep", interval=60)
        assert self.await_stuck(known, seconds=10) == ["keep_time"]

    def test_a_loop_that_fails_each_time_is_not_stuck(self, known):
        loop = known.watch("keep_time")

        def fail():
            while True:
                loop.failed(StorageAway())
                eventlet.sleep(0.001)

        failing = eventlet.spawn(fail)
        assert self.await_stuck(known) is None
        failing.kill()

    def test_nothing_is_stuck_while_what_it_needs_is_out_of_reach(self, known):
        known.watch("keep_time")
        assert self.await_stuck(known, reachable=lambda: False) is None

    def test_a_loop_has_time_to_come_round_after_an_outage(self, known):
        loop = known.watch("keep_time")

        def is_over():
            eventlet.spawn_n(loop.succeeded)
            eventlet.sleep(0)
            return True

        assert self.await_stuck(known, reachable=is_over) is None

    def test_after_an_outage_that_is_noticed_the_time_begins_anew(self, known):
        known.watch("keep_time")
        answers, asked = iter([True, False, True, True]), []
        assert self.await_stuck(
            known, reachable=lambda: asked.append(next(answers)) or asked[-1], seconds=10
        ) == ["keep_time"]
        assert asked == [True, False, True, True]

    def test_nothing_is_stuck_without_a_timeout(self, known):
        known.watch("keep_time")
        assert self.await_stuck(known, timeout=0) is None

    def test_a_process_that_was_stopped_is_not_stuck(self, let_go, known):
        loop = known.watch("keep_time")
        let_go(1000)
        assert not loop.is_stuck(30)

    def test_a_loop_that_gets_on_within_its_round_is_not_stuck(self, known):
        loop = known.watch("take_up_filled")

        def work():
            while True:
                eventlet.sleep(0.001)
                health.touch()

        working = eventlet.spawn(work)
        health.attach(working, loop)
        assert self.await_stuck(known) is None
        working.kill()

    def test_a_touch_outside_every_loop_does_nothing(self):
        health.touch()


class TestWhatIsLogged:
    def test_failures_in_a_row_are_logged_once_and_so_is_their_end(self, caplog):
        loop = LoopHealth("keep_time")
        for _ in range(3):
            loop.failed(StorageAway("gone"))
        loop.succeeded()
        loop.succeeded()
        assert [record.getMessage() for record in caplog.records] == [
            "keep_time failed and will try again: StorageAway('gone')", "keep_time works again"
        ]
        assert not any(record.exc_info for record in caplog.records)

    def test_an_unexpected_error_has_its_traceback(self, caplog):
        LoopHealth("keep_time").failed(ValueError("a fault"), transient=False)
        [record] = caplog.records
        assert record.levelno == logging.WARNING and record.exc_info[0] is ValueError

    def test_another_failure_is_a_line_of_its_own(self, caplog):
        loop = LoopHealth("keep_time")
        loop.failed(StorageAway("gone"))
        loop.failed(ValueError("a fault"))
        assert len(caplog.records) == 2
