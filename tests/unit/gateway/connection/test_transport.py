"""The transport of a connection: bounded requests, and closing in good order."""

import eventlet
import pytest
from eventlet.event import Event

from gateway.connection import transport as module
from gateway.protocol.dispatch import Answer
from tests.unit.gateway.conftest import settle


@pytest.fixture
def connection(connect):
    return connect()


class Waiting:
    """A request that is answered by a function, which may wait."""

    waits = True

    def __init__(self, message, answer):
        self.message, self.answer = message, answer

    def serve(self, on_answer):
        on_answer(self.answer(self.message))


class Later:
    """Requests that are answered when their test says so; none waits."""

    waits = False

    def __init__(self):
        self.on_answer = []

    def serve(self, on_answer):
        self.on_answer.append(on_answer)


@pytest.fixture
def read(connection):
    """Reads messages, until there are no more, and answers each by a function."""

    def read(*messages, answer=Answer, receive=None):
        connection.socket.receive.side_effect = [*messages, None]
        connection.transport.read(receive or (lambda message: Waiting(message, answer)))
        settle()

    return read


def sent(connection):
    return [text for call in connection.socket.send.call_args_list for text in call.args[0]]


def closed_with(connection):
    return [call.args[0] for call in connection.socket.close.call_args_list]


def test_each_request_is_answered(connection, read):
    read("a", "b")
    assert sent(connection) == ["a", "b"]


def test_actions_follow_the_answer(connection, read):
    read("a", answer=lambda _: Answer("answer", None, [lambda: connection.transport.send("event")]))
    assert sent(connection) == ["answer", "event"]


@pytest.mark.parametrize(
    ("message", "code"), [(b"bytes", 1003), ("x" * 65_537, 1009), ("é" * 32_769, 1009)]
)
def test_message_of_another_kind_closes_the_connection(connection, read, message, code):
    read(message)
    assert closed_with(connection) == [code] and sent(connection) == []


def test_many_malformed_messages_close_the_connection(connection, read, monkeypatch):
    monkeypatch.setattr(module.time, "monotonic", lambda: 1000.0)
    read(*["nonsense"] * 100, answer=lambda _: Answer("error", "ParseError"))
    assert closed_with(connection) == [1008]


def test_failing_answer_leaves_the_others(connection, read, caplog):
    def answer(message):
        if message == "a":
            raise RuntimeError("no")
        return Answer(message)

    read("a", "b", answer=answer)
    assert sent(connection) == ["b"]
    assert "A request could not be served" in caplog.text


def test_request_that_waits_for_nothing_needs_no_greenthread(connection, read, monkeypatch):
    monkeypatch.setattr(module.eventlet, "spawn_n", None)
    monkeypatch.setattr(connection.transport.timers, "set", lambda *_: None)
    later = Later()
    connection.socket.receive.side_effect = ["a", "b", None]
    connection.transport.read(lambda message: later)
    assert len(later.on_answer) == 2


def test_reader_waits_while_as_many_requests_are_under_way_as_may(connection, read):
    later, answered = Later(), []
    connection.socket.receive.side_effect = [*"x" * (module.MAX_CONCURRENT_REQUESTS + 1), None]
    reader = eventlet.spawn(connection.transport.read, lambda message: later)
    settle()
    assert len(later.on_answer) == module.MAX_CONCURRENT_REQUESTS and not answered
    later.on_answer[0](Answer("a"))
    reader.wait()
    assert len(later.on_answer) == module.MAX_CONCURRENT_REQUESTS + 1


def test_answer_after_the_client_is_gone_is_dropped(connection, read):
    later = Later()
    read("a", receive=lambda message: later)
    connection.transport.stop()
    later.on_answer[0](Answer("a"))
    settle()
    assert sent(connection) == [] and connection.transport._unanswered == 0


def test_answer_frees_its_place_whatever_follows_it(connection, read):
    def fail():
        raise RuntimeError("no")

    later = Later()
    read("a", receive=lambda message: later)
    with pytest.raises(RuntimeError):
        later.on_answer[0](Answer("a", None, [fail]))
    assert connection.transport._unanswered == 0


def test_connection_closes_after_a_late_answer(connection, read):
    later = Later()
    read("a", receive=lambda message: later)
    connection.transport.close_after_answers(1001, "going away")
    settle()
    assert closed_with(connection) == []
    later.on_answer[0](Answer("a"))
    settle()
    assert sent(connection) == ["a"] and closed_with(connection) == [1001]


def test_connection_closes_after_requests_are_answered(connection, read):
    answered = Event()

    def answer(message):
        answered.wait()
        return Answer(message)

    read("a", answer=answer)
    connection.transport.close_after_answers(1001, "going away")
    settle()
    assert closed_with(connection) == []
    answered.send()
    settle()
    assert sent(connection) == ["a"] and closed_with(connection) == [1001]


def test_requests_that_arrive_while_closing_are_ignored(connection, read):
    connection.socket.ping.return_value = True
    connection.transport._unanswered = 1
    connection.transport.close_after_answers(1001, "going away")
    read("a")
    assert sent(connection) == []


def test_missing_pong_closes_the_connection(connection, read):
    connection.socket.ping.return_value = False
    read()
    assert closed_with(connection) == [4408]


def test_ping_on_a_broken_socket_aborts_it(connection, read):
    connection.socket.ping.side_effect = BrokenPipeError
    read()
    assert connection.socket.abort.called


def test_nothing_is_sent_once_the_client_is_gone(connection):
    connection.transport.stop()
    connection.transport.send("a")
    settle()
    assert sent(connection) == []
