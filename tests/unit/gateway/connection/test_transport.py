"""The transport of a connection: bounded requests, and closing properly."""

import eventlet
import pytest
from eventlet import spawn_n
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

    def read(*messages, answer=lambda message: Answer(message.encode()), receive=None):
        bring(connection, *messages)
        start(connection, receive or (lambda message: Waiting(message, answer))).wait()
        settle()

    return read


def bring(connection, *messages):
    """Has the socket bring these messages, and then end."""

    def run(on_message, on_refused, on_end):
        for message in messages:
            on_message(message)
        spawn_n(on_end)

    connection.socket.start.side_effect = run


def start(connection, receive):
    """Starts the transport: the event of its end."""
    ended = Event()
    connection.transport.start(receive, ended.send)
    return ended


def sent(connection):
    return [text for call in connection.socket.send.call_args_list for text in call.args[0]]


def closed_with(connection):
    return [call.args[0] for call in connection.socket.close.call_args_list]


def test_each_request_is_answered(connection, read):
    read("a", "b")
    assert sent(connection) == [b"a", b"b"]


def test_actions_follow_the_answer(connection, read):
    follow = [lambda: connection.transport.send(b"event")]
    read("a", answer=lambda _: Answer(b"answer", None, follow))
    assert sent(connection) == [b"answer", b"event"]


def test_message_too_large_to_be_read_closes_the_connection(connection):
    connection.socket.start.side_effect = lambda _, on_refused, __: on_refused(1009, "too large")
    start(connection, None)
    settle()
    assert closed_with(connection) == [1009] and sent(connection) == []


@pytest.mark.parametrize(
    ("message", "code"), [(b"bytes", 1003), ("x" * 65_537, 1009), ("é" * 32_769, 1009)]
)
def test_message_of_another_kind_closes_the_connection(connection, read, message, code):
    read(message)
    assert closed_with(connection) == [code] and sent(connection) == []


def test_many_malformed_messages_close_the_connection(connection, read):
    read(*["nonsense"] * 99, answer=lambda _: Answer(b"error", "ParseError"))
    assert closed_with(connection) == []
    read("nonsense", answer=lambda _: Answer(b"error", "ParseError"))
    assert closed_with(connection) == [1008]


def test_requests_in_spite_of_rate_limits_close_the_connection(connection, read):
    read(*["too soon"] * 499, answer=lambda _: Answer(b"error", "RateLimited"))
    assert closed_with(connection) == []
    read("too soon", answer=lambda _: Answer(b"error", "RateLimited"))
    assert closed_with(connection) == [1008]


def test_other_refusals_are_not_counted(connection, read):
    read(*["no"] * 600, answer=lambda _: Answer(b"error", "RoomNotFound"))
    assert closed_with(connection) == []


def test_no_event_follows_the_decision_to_close(connection):
    later = Later()
    bring(connection, "a")
    start(connection, lambda message: later)
    connection.transport.close_after_answers(4401, "revoked")
    connection.transport.send_event("session.state_changed", b"secret")
    later.on_answer[0](Answer(b"a"))
    settle()
    assert sent(connection) == [b"a"] and closed_with(connection) == [4401]


def test_client_that_reads_too_slowly_is_gone_in_time(connection, monkeypatch):
    monkeypatch.setattr(module, "CLOSING_TIMEOUT_SECONDS", 0)
    connection.socket.send.return_value = lambda: eventlet.sleep(3600)  # the rest is not read
    connection.transport.send(b"much")
    settle()
    connection.transport.close_after_answers(4401, "revoked")
    settle()
    assert connection.socket.abort.called


def test_failing_answer_leaves_the_others(connection, read, caplog):
    def answer(message):
        if message == "a":
            raise RuntimeError("no")
        return Answer(message.encode())

    read("a", "b", answer=answer)
    assert sent(connection) == [b"b"]
    assert "A request could not be served" in caplog.text


def test_request_that_waits_for_nothing_needs_no_greenthread(connection, monkeypatch):
    monkeypatch.setattr(module.eventlet, "spawn_n", None)
    monkeypatch.setattr(connection.transport.timers, "set", lambda *_: None)
    later = Later()
    bring(connection, "a", "b")
    start(connection, lambda message: later)
    assert len(later.on_answer) == 2


def test_client_waits_while_many_requests_are_under_way(connection):
    later, socket = Later(), connection.socket
    at_most = module.MAX_CONCURRENT_REQUESTS + module.MAX_UNSERVED_MESSAGES
    bring(connection, *"x" * at_most)
    ended = start(connection, lambda message: later)
    settle()
    assert len(later.on_answer) == module.MAX_CONCURRENT_REQUESTS
    assert socket.pause.called and not socket.resume.called
    later.on_answer[0](Answer(b"a"))
    settle()
    assert len(later.on_answer) == module.MAX_CONCURRENT_REQUESTS + 1
    assert socket.pause.call_count == socket.resume.call_count == 1
    assert not ended.ready()  # what the client has sent is served, though it has gone
    for number in range(1, at_most):
        later.on_answer[number](Answer(b"a"))
        settle()
    ended.wait()
    assert len(later.on_answer) == at_most


def test_unserved_requests_are_dropped_once_it_closes(connection, read):
    later = Later()
    many = "x" * (module.MAX_CONCURRENT_REQUESTS + 1)
    bring(connection, *many)
    ended = start(connection, lambda message: later)
    settle()
    connection.transport.close_after_answers(1001, "going away")
    for on_answer in later.on_answer:
        on_answer(Answer(b"a"))
    ended.wait()
    settle()
    assert len(later.on_answer) == module.MAX_CONCURRENT_REQUESTS
    assert closed_with(connection) == [1001]


def test_answer_after_the_client_is_gone_is_dropped(connection, read):
    later = Later()
    read("a", receive=lambda message: later)
    connection.transport.stop()
    later.on_answer[0](Answer(b"a"))
    settle()
    assert sent(connection) == [] and connection.transport._unanswered == 0


def test_answer_frees_its_place_whatever_follows_it(connection, read, caplog):
    def fail():
        raise RuntimeError("no")

    later = Later()
    read("a", receive=lambda message: later)
    later.on_answer[0](Answer(b"a", None, [fail]))
    assert connection.transport._unanswered == 0
    assert "A request could not be answered" in caplog.text


def test_connection_closes_after_a_late_answer(connection, read):
    later = Later()
    read("a", receive=lambda message: later)
    connection.transport.close_after_answers(1001, "going away")
    settle()
    assert closed_with(connection) == []
    later.on_answer[0](Answer(b"a"))
    settle()
    assert sent(connection) == [b"a"] and closed_with(connection) == [1001]


def test_connection_closes_after_requests_are_answered(connection, read):
    answered = Event()

    def answer(message):
        answered.wait()
        return Answer(message.encode())

    read("a", answer=answer)
    connection.transport.close_after_answers(1001, "going away")
    settle()
    assert closed_with(connection) == []
    answered.send()
    settle()
    assert sent(connection) == [b"a"] and closed_with(connection) == [1001]


def test_requests_that_arrive_while_closing_are_ignored(connection, read):
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
    connection.transport.send(b"a")
    settle()
    assert sent(connection) == []
