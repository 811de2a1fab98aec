"""The transport of a connection: bounded requests, and closing in good order."""

import pytest
from eventlet.event import Event

from gateway.connection import transport as module
from gateway.protocol.dispatch import Answer
from tests.unit.gateway.conftest import settle


@pytest.fixture
def connection(connect):
    return connect()


@pytest.fixture
def read(connection):
    """Reads messages, until there are no more, and answers each by a function."""

    def read(*messages, answer=lambda message: Answer(message)):
        connection.socket.receive.side_effect = [*messages, None]
        connection.transport.read(answer)
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
    assert "A request could not be answered" in caplog.text


def test_connection_closes_after_requests_are_answered(connection, read):
    answered = Event()

    def answer(message):
        answered.wait()
        return Answer(message)

    connection.socket.receive.side_effect = ["a", None]
    connection.transport.read(answer)
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
