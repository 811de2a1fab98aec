"""Commands are batched while calls are under way, and each gets its own answer."""

from types import SimpleNamespace

import eventlet
import pytest
from eventlet.event import Event
from nameko.exceptions import serialize

from gateway.broker import request_batcher
from gateway.broker.request_batcher import (
    MAX_BATCH,
    MAX_CALLS,
    MAX_FAST_CALLS,
    RequestBatcher,
    in_greenthread,
)
from gateway.protocol.errors import Unavailable
from sessions.exceptions import IllegalMove, StaleVersion
from tests.unit.gateway.conftest import settle

RPC_TIMEOUT = 5.0


class SessionService:
    """A service that answers each call when its test says so, and each command with itself."""

    def __init__(self):
        self.calls = []
        self._doors = []

    def execute_many(self, commands):
        door = Event()
        self.calls.append(commands)
        self._doors.append(door)
        answers = door.wait()
        return [{"result": command} for command in commands] if answers is None else answers

    def answer(self, call, answers=None):
        self._doors[call].send(answers)
        settle()

    def fail(self, call, error):
        self._doors[call].send_exception(error)
        settle()


@pytest.fixture(autouse=True)
def no_call_is_slow(monkeypatch):
    """However slow the machine is."""
    monkeypatch.setattr(request_batcher, "SLOW_CALL_SECONDS", 60.0)


@pytest.fixture
def service():
    return SessionService()


@pytest.fixture
def give(service):
    """Gives commands, each in a greenthread of its own that waits for the answer."""
    commands = RequestBatcher("sessions", in_greenthread(service.execute_many), RPC_TIMEOUT)

    def give(*given):
        threads = [eventlet.spawn(commands.call, command) for command in given]
        settle()
        return threads

    return give


@pytest.fixture
def busy(service, give):
    """As many calls as are allowed are under way."""
    for number in range(MAX_FAST_CALLS):
        give(f"early {number}")


def test_single_command_is_sent_at_once(service, give):
    [thread] = give("a")
    assert service.calls == [["a"]]
    service.answer(0)
    assert thread.wait() == "a"


def test_while_a_fast_call_is_under_way_the_rest_gathers(service, give):
    give("a")
    give("b")
    give("c")
    assert service.calls == [["a"]]
    service.answer(0)
    assert service.calls == [["a"], ["b", "c"]]


def test_slow_calls_keep_no_command_waiting(service, give, monkeypatch):
    monkeypatch.setattr(request_batcher, "SLOW_CALL_SECONDS", 0.0)
    early = give("a") + give("b")
    late = give("c") + give("d")
    assert service.calls == [["a"], ["b"], ["c"], ["d"]]
    for call, thread in enumerate(early + late):
        service.answer(call)
        assert thread.wait() == service.calls[call][0]


def test_number_of_slow_calls_is_bounded(service, give, monkeypatch):
    monkeypatch.setattr(request_batcher, "SLOW_CALL_SECONDS", 0.0)
    for number in range(MAX_CALLS + 2):
        give(number)
    assert len(service.calls) == MAX_CALLS
    service.answer(0)
    assert service.calls[MAX_CALLS:] == [[MAX_CALLS, MAX_CALLS + 1]]


def test_slow_call_gives_its_place_away_once(
    service, give, busy, monkeypatch
):
    monkeypatch.setattr(request_batcher, "SLOW_CALL_SECONDS", 0.0)
    give("slow")
    service.answer(0)
    assert service.calls[MAX_FAST_CALLS:] == [["slow"]]
    monkeypatch.setattr(request_batcher, "SLOW_CALL_SECONDS", 60.0)
    give("c")
    service.answer(MAX_FAST_CALLS)  # the slow one
    give("d")
    give("e")
    assert service.calls[MAX_FAST_CALLS + 1 :] == [["c"]]


def test_command_that_waited_too_long_is_refused(
    service, give, busy, monkeypatch
):
    now = [1000.0]
    monkeypatch.setattr(request_batcher, "time", SimpleNamespace(monotonic=lambda: now[0]))
    late = give(*range(3 * MAX_BATCH))
    now[0] += 1
    give("c", "d")
    now[0] += RPC_TIMEOUT - 1
    service.fail(0, TimeoutError("gone"))
    for thread in late:
        with pytest.raises(Unavailable) as caught:
            thread.wait()
        assert caught.value.details == {"service": "sessions"}
    assert service.calls[MAX_FAST_CALLS:] == [["c", "d"]]


def test_no_call_is_made_if_all_commands_are_refused(service, give, busy, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(request_batcher, "time", SimpleNamespace(monotonic=lambda: now[0]))
    [late] = give("c")
    now[0] += RPC_TIMEOUT
    service.fail(0, TimeoutError("gone"))
    with pytest.raises(Unavailable):
        late.wait()
    [thread] = give("d")
    assert service.calls[MAX_FAST_CALLS:] == [["d"]]
    service.answer(MAX_FAST_CALLS)
    assert thread.wait() == "d"


def test_waiting_commands_are_sent_together_in_order(service, give, busy):
    give("c")
    give("d")
    give("e")
    service.answer(0)
    assert service.calls[MAX_FAST_CALLS:] == [["c", "d", "e"]]


def test_batch_has_at_most_64_commands(service, give, busy):
    give(*range(MAX_BATCH + 1))
    service.answer(0)
    service.answer(1)
    assert [len(call) for call in service.calls[MAX_FAST_CALLS:]] == [MAX_BATCH, 1]


def test_command_after_an_answer_is_sent_at_once(service, give):
    for number in range(5):
        [thread] = give(number)
        service.answer(number)
        assert thread.wait() == number
    assert service.calls == [[number] for number in range(5)]


def test_each_command_gets_its_own_answer_or_refusal(service, give, busy):
    threads = give("c", "d", "e")
    service.answer(0)
    service.answer(
        MAX_FAST_CALLS,
        [
            {"error": serialize(IllegalMove("no"))}, {"result": "done"},
            {"error": serialize(StaleVersion.of("old", version=7))},
        ],
    )
    with pytest.raises(IllegalMove, match="no"):
        threads[0].wait()
    assert threads[1].wait() == "done"
    with pytest.raises(StaleVersion) as caught:
        threads[2].wait()
    assert caught.value.details == {"version": 7}


def test_failed_call_fails_the_commands_in_it_only(service, give):
    [early], late = give("a"), give("c", "d")
    service.fail(0, TimeoutError("gone"))
    with pytest.raises(TimeoutError):
        early.wait()
    [last] = give("e")
    service.fail(1, RuntimeError("broken"))
    for thread in late:
        with pytest.raises(RuntimeError, match="broken"):
            thread.wait()
    service.answer(2)
    assert last.wait() == "e"


@pytest.mark.parametrize("answers", [[], [{}], [{"result": 1}, {"result": 2}], [5]])
def test_invalid_answer_fails_the_commands_in_the_call(
    service, give, answers
):
    [thread] = give("a")
    service.answer(0, answers)
    with eventlet.Timeout(60), pytest.raises((ValueError, KeyError, TypeError)):
        thread.wait()
    [thread] = give("b")
    service.answer(1)
    assert thread.wait() == "b"


def test_command_after_an_error_is_sent_at_once(service, give):
    for number in range(MAX_FAST_CALLS + 1):
        [thread] = give(number)
        service.fail(number, TimeoutError("gone"))
        with pytest.raises(TimeoutError):
            thread.wait()
    assert len(service.calls) == MAX_FAST_CALLS + 1


def test_answer_that_cannot_be_delivered_costs_others_nothing(service, caplog):
    def fail(answer):
        raise RuntimeError("no")

    commands = RequestBatcher("sessions", in_greenthread(service.execute_many), RPC_TIMEOUT)
    answers = []
    commands.submit("a", fail)
    commands.submit("b", answers.append)
    settle()
    service.answer(0)
    assert answers == ["b"]
    assert "The answer to a request in a batch could not be delivered" in caplog.text
    commands.submit("c", answers.append)
    settle()
    service.answer(1)
    assert answers == ["b", "c"]
