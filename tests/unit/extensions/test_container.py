"""A container can be stopped at any time, ends in time, and says why it does not start."""

import gc

import eventlet
import pytest
from eventlet.event import Event
from nameko.containers import ServiceContainer
from nameko.exceptions import ConfigurationError
from nameko.extensions import DependencyProvider

from extensions import container
from extensions.container import Container
from extensions.errors import StorageAway
from extensions.observability import health
from extensions.timers import timer
from tests.stack import eventually

SETTINGS = {"STUCK_PROCESS": 0}  # the process of the tests is not to end where one holds it up


class Waiting(DependencyProvider):
    """Something to be waited for at the start."""

    there = Event()

    def setup(self):
        self.there.wait()


class Refusing(DependencyProvider):
    def setup(self):
        raise ConfigurationError("SECRET must be set")


class Service:
    name = "service"


class WaitingService(Service):
    waiting = Waiting()


class RefusingService(Service):
    refusing = Refusing()


class TickingService(Service):
    @timer(interval=0.01)
    def tick(self):
        TickingService.do()


@pytest.fixture
def stop_timeout():
    return 0.2


@pytest.fixture(autouse=True)
def short_timeouts(monkeypatch, stop_timeout):
    monkeypatch.setattr(container, "START_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(container, "STOP_TIMEOUT_SECONDS", stop_timeout)
    monkeypatch.setattr(health, "STUCK_CHECK_INTERVAL_SECONDS", 0.01)


@pytest.fixture
def ticking():
    """Runs a service whose timer does this at each tick."""
    running = []

    def start(do, **settings):
        TickingService.do = staticmethod(do)
        running.append(Container(TickingService, {**SETTINGS, **settings}))
        running[-1].start()
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_a_container_is_stopped_while_its_start_waits():
    waiting = Container(WaitingService, SETTINGS)
    starting = eventlet.spawn(waiting.start)
    eventlet.sleep(0)
    waiting.stop()
    starting.wait()
    waiting.wait()


def test_a_container_about_to_start_is_let_start_first(monkeypatch):
    there = Event()
    monkeypatch.setattr(Waiting, "there", there)
    waiting = Container(WaitingService, SETTINGS)
    starting = eventlet.spawn(waiting.start)
    eventlet.spawn_after(0.01, there.send)
    eventlet.sleep(0)
    waiting.stop()
    assert starting.wait() is None and not waiting.started


def test_no_collection_looks_at_what_the_start_has_made(ticking):
    running = ticking(lambda: None)
    try:
        assert all(each is not running for each in gc.get_objects())
    finally:
        gc.unfreeze()


def test_a_container_is_stopped_before_it_has_started():
    Container(WaitingService, SETTINGS).stop()


@pytest.mark.parametrize("stop_timeout", [5])
def test_all_who_stop_it_wait_until_it_has_ended(ticking):
    began, gate = Event(), Event()

    def tick():
        if not began.ready():
            began.send()
            gate.wait()

    running = ticking(tick)
    began.wait()
    stopping = [eventlet.spawn(running.stop) for _ in range(3)]
    eventlet.sleep(0.05)
    assert not any(each.dead for each in stopping)
    gate.send()
    for each in stopping:
        each.wait()
    assert not running.started


def test_unfinished_work_is_left_at_exit(ticking, caplog):
    began = Event()
    running = ticking(lambda: began.ready() or began.send() or Event().wait())
    began.wait()
    running.stop()
    assert "exits with calls unfinished" in caplog.text


def test_the_reason_for_not_starting_is_one_sentence():
    with pytest.raises(SystemExit, match="^Error: SECRET must be set$"):
        Container(RefusingService, SETTINGS).start()


def test_a_stuck_timer_ends_the_process_with_a_status(ticking, caplog):
    running = ticking(lambda: Event().wait(), STUCK_LOOP=0.1)
    with pytest.raises(SystemExit) as ended:
        running.wait()
    assert ended.value.code == 1
    assert "service exits, to be restarted: no progress in tick" in caplog.text


def test_an_orderly_end_for_a_stuck_loop_has_a_status_too(ticking):
    running = ticking(lambda: None, STUCK_LOOP=0.1)
    running.health.watch("never_comes_round")
    with pytest.raises(SystemExit) as ended:
        running.wait()
    assert ended.value.code == 1 and not running.started


def test_a_timer_that_fails_ails_and_ends_nothing(ticking, caplog):
    ticks = []

    def fail():
        ticks.append(None)
        raise StorageAway("it is gone")

    running = ticking(fail, STUCK_LOOP=0.1)
    eventually(lambda: len(ticks) > 30)  # for longer than 0.1 s
    assert not running._died.ready()
    said = [record for record in caplog.records if record.name == "extensions.observability.health"]
    assert len(said) == 1 and "it is gone" in said[0].getMessage()


def test_a_container_ends_though_an_extension_cannot_stop(ticking, caplog, monkeypatch):
    def fail(_self):
        raise RuntimeError("it cannot be stopped")

    running = ticking(lambda: None)
    monkeypatch.setattr(ServiceContainer, "stop", fail)
    running.stop()
    assert running._died.ready()
    assert "failed while it was stopping" in caplog.text
    monkeypatch.undo()
    ServiceContainer.stop(running)


def test_a_waiting_worker_has_a_connection_of_its_own_as_well():
    class WaitingService(TickingService):
        waiting_workers = 32

    container = Container(WaitingService, {**SETTINGS, "MAX_WORKERS": 16, "DB_POOL_SIZE": 18})
    assert container.max_workers == 48
    assert container.settings.db_connections == container.settings.connections == 50
