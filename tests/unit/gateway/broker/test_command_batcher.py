"""Commands gather while calls are under way, and each gets the answer that is its own."""

from types import SimpleNamespace

import eventlet
import pytest
from eventlet.event import Event
from nameko.exceptions import serialize

from gateway.broker import command_batcher
from gateway.broker.command_batcher import CALLS_AT_ONCE, MOST_AT_ONCE, MOST_CALLS, CommandBatcher
from gateway.protocol.errors import Unavailable
from sessions.exceptions import IllegalMove, StaleVersion

PATIENCE = 5.0


class SessionService:
    """Answers each call when it is let to; a command is answered by itself."""

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


def settle():
    """Let the other greenthreads go on until they wait for something."""
    for _ in range(5):
        eventlet.sleep(0)


@pytest.fixture(autouse=True)
def no_call_is_slow(monkeypatch):
    """However slow the machine is."""
    monkeypatch.setattr(command_batcher, "SLOW", 60.0)


@pytest.fixture
def service():
    return SessionService()


@pytest.fixture
def give(service):
    """Gives commands, each in a greenthread of its own, which is answered."""
    commands = CommandBatcher(service.execute_many, PATIENCE)

    def give(*given):
        threads = [eventlet.spawn(commands.execute, command) for command in given]
        settle()
        return threads

    return give


@pytest.fixture
def busy(service, give):
    """Calls are under way, as many as there may be at once."""
    for number in range(CALLS_AT_ONCE):
        give(f"early {number}")


def test_one_at_rest_goes_at_once_and_by_itself(service, give):
    [thread] = give("a")
    assert service.calls == [["a"]]
    service.answer(0)
    assert thread.wait() == "a"


def test_at_most_two_calls_are_under_way(service, give):
    give("a")
    give("b")
    give("c")
    assert service.calls == [["a"], ["b"]]


def test_calls_that_are_not_answered_for_long_keep_nobody_waiting(service, give, monkeypatch):
    monkeypatch.setattr(command_batcher, "SLOW", 0.0)
    early = give("a") + give("b")
    late = give("c") + give("d")
    assert service.calls == [["a"], ["b"], ["c"], ["d"]]
    for call, thread in enumerate(early + late):
        service.answer(call)
        assert thread.wait() == service.calls[call][0]


def test_of_slow_calls_there_are_not_ever_more(service, give, monkeypatch):
    monkeypatch.setattr(command_batcher, "SLOW", 0.0)
    for number in range(MOST_CALLS + 2):
        give(number)
    assert len(service.calls) == MOST_CALLS
    service.answer(0)
    assert service.calls[MOST_CALLS:] == [[MOST_CALLS, MOST_CALLS + 1]]


def test_a_call_that_was_slow_takes_no_place_that_was_given_to_others(
    service, give, busy, monkeypatch
):
    monkeypatch.setattr(command_batcher, "SLOW", 0.0)
    give("slow")
    service.answer(0)
    assert service.calls[CALLS_AT_ONCE:] == [["slow"]]
    monkeypatch.setattr(command_batcher, "SLOW", 60.0)
    give("c")
    service.answer(CALLS_AT_ONCE)  # the slow one
    give("d")
    give("e")
    assert service.calls[CALLS_AT_ONCE + 1 :] == [["c"]]


def test_who_has_waited_for_as_long_as_a_call_may_take_is_told_and_is_not_sent(
    service, give, busy, monkeypatch
):
    now = [1000.0]
    monkeypatch.setattr(command_batcher, "time", SimpleNamespace(monotonic=lambda: now[0]))
    late = give(*range(3 * MOST_AT_ONCE))
    now[0] += 1
    give("c", "d")
    now[0] += PATIENCE - 1
    service.fail(0, TimeoutError("gone"))
    for thread in late:
        with pytest.raises(Unavailable) as caught:
            thread.wait()
        assert caught.value.details == {"service": "sessions"}
    assert service.calls[CALLS_AT_ONCE:] == [["c", "d"]]


def test_where_all_have_waited_too_long_nothing_is_sent(service, give, busy, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(command_batcher, "time", SimpleNamespace(monotonic=lambda: now[0]))
    [late] = give("c")
    now[0] += PATIENCE
    service.fail(0, TimeoutError("gone"))
    with pytest.raises(Unavailable):
        late.wait()
    [thread] = give("d")
    assert service.calls[CALLS_AT_ONCE:] == [["d"]]
    service.answer(CALLS_AT_ONCE)
    assert thread.wait() == "d"


def test_what_gathers_meanwhile_goes_together_in_its_order(service, give, busy):
    give("c")
    give("d")
    give("e")
    service.answer(0)
    assert service.calls[CALLS_AT_ONCE:] == [["c", "d", "e"]]


def test_at_most_64_go_together(service, give, busy):
    give(*range(MOST_AT_ONCE + 1))
    service.answer(0)
    service.answer(1)
    assert [len(call) for call in service.calls[CALLS_AT_ONCE:]] == [MOST_AT_ONCE, 1]


def test_once_all_is_answered_the_next_goes_at_once_again(service, give):
    for number in range(5):
        [thread] = give(number)
        service.answer(number)
        assert thread.wait() == number
    assert service.calls == [[number] for number in range(5)]


def test_each_gets_its_own_answer_or_refusal(service, give, busy):
    threads = give("c", "d", "e")
    service.answer(0)
    service.answer(
        CALLS_AT_ONCE,
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


def test_an_error_of_the_call_reaches_each_that_was_in_it_and_no_other(service, give):
    early = give("a") + give("b")
    late = give("c", "d")
    service.fail(0, TimeoutError("gone"))
    with pytest.raises(TimeoutError):
        early[0].wait()
    service.fail(2, RuntimeError("broken"))
    for thread in late:
        with pytest.raises(RuntimeError, match="broken"):
            thread.wait()
    service.answer(1)
    assert early[1].wait() == "b"


@pytest.mark.parametrize("answers", [[], [{}], [{"result": 1}, {"result": 2}], [5]])
def test_an_answer_that_makes_no_sense_is_an_error_and_nobody_waits_for_ever(
    service, give, answers
):
    [thread] = give("a")
    service.answer(0, answers)
    with eventlet.Timeout(1), pytest.raises((ValueError, KeyError, TypeError)):
        thread.wait()
    [thread] = give("b")
    service.answer(1)
    assert thread.wait() == "b"


def test_after_an_error_the_next_goes_at_once(service, give):
    for number in range(CALLS_AT_ONCE + 1):
        [thread] = give(number)
        service.fail(number, TimeoutError("gone"))
        with pytest.raises(TimeoutError):
            thread.wait()
    assert len(service.calls) == CALLS_AT_ONCE + 1
