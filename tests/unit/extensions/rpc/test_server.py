"""Requests are served by workers, and answered once, whatever becomes of them."""

from functools import partial
from types import SimpleNamespace

import eventlet
import pytest
from nameko.exceptions import ContainerBeingKilled
from nameko.rpc import Rpc

from extensions import json_codec
from extensions.amqp import frames
from extensions.amqp.frames import BASIC_ACK, BASIC_REJECT, Delivery, encode_request_properties
from extensions.rpc.server import RpcServer
from extensions.settings import Settings
from tests.unit.fakes import Container, LinkTo, read_frames

QUEUE = "rpc-rooms"


class Broker:
    """The link of the service; workers are free, unless the test says otherwise."""

    def __init__(self):
        self.link = LinkTo()
        self.waiting = []
        self.is_busy = False

    def when_free(self, start):
        if self.is_busy:
            self.waiting.append(start)
        else:
            start()


@pytest.fixture
def workers():
    """What workers were asked for: arguments, context, and whom they give their results."""
    return []


@pytest.fixture
def server(workers, monkeypatch):
    monkeypatch.setattr("kombu.Queue.declare", lambda self: None)

    def spawn_worker(entrypoint, args, kwargs, context_data, handle_result):
        workers.append(SimpleNamespace(
            args=args, kwargs=kwargs, context=context_data, answer=partial(handle_result, None)
        ))

    container = Container(Settings(), "rooms")
    container.max_workers = 5
    container.spawn_worker = spawn_worker
    container.service_cls = SimpleNamespace(join=lambda self, room_id: None)
    server = RpcServer()
    server.broker, server.container = Broker(), container
    method = Rpc()
    method.rpc_consumer, method.container, method.method_name = server, container, "join"
    server.setup()
    method.setup()
    server.method = method
    server.broker.link.connect()
    return server


@pytest.fixture
def link(server):
    return server.broker.link


@pytest.fixture
def ask(link):
    """Sends a request."""

    def ask(key="rooms.join", args=("r1",), text=None, reply_to="me"):
        body = text or json_codec.encode({"args": args, "kwargs": {}})
        properties = encode_request_properties(
            {"nameko.call_id_stack": ["c0ffee"]}, "id", reply_to, 10
        )
        link.channel.callbacks[QUEUE](Delivery(7, QUEUE, 5, key, properties, body))

    return ask


@pytest.fixture
def replied(link):
    """Returns the one reply."""

    def replied():
        [reply] = link.published
        assert reply.properties["correlation_id"] == "id" and reply.routing_key == "me"
        return reply.body

    return replied


def methods(link):
    """What was written: the methods of class `basic`."""
    written = read_frames(b"".join(link.written))
    return [payload[3] for kind, payload in written if kind == frames.METHOD]


PUBLISH = 40


def test_a_request_has_a_worker_and_is_replied_before_the_ack(link, ask, workers, replied):
    ask()
    [worker] = workers
    assert (worker.args, worker.context) == (["r1"], {"call_id_stack": ["c0ffee"]})
    assert not link.written
    assert worker.answer("a result", None) == ("a result", None)
    assert replied() == {"result": "a result", "error": None}
    assert methods(link) == [PUBLISH, BASIC_ACK] and len(link.written) == 1
    assert link.channel.prefetch == 5


def test_arguments_are_checked_by_their_number_and_names(ask, workers, link):
    calls = [((), {"room_id": 1}), ((1,), {}), ((2,), {}), ((1, 2), {}), ((), {"room": 1})] * 2
    for args, kwargs in calls:
        ask(text=json_codec.encode({"args": args, "kwargs": kwargs}))
    assert [(each.args, each.kwargs) for each in workers] == [
        ([], {"room_id": 1}), ([1], {}), ([2], {}),
    ] * 2
    errors = [each.body["error"] for each in link.published]
    assert [each["exc_type"] for each in errors] == ["IncorrectSignature"] * 4
    assert "room" in errors[1]["exc_args"][0]


def test_an_error_is_the_reply(ask, workers, replied):
    ask()
    error = ValueError("no")
    _, exc_info = workers[0].answer(None, (ValueError, error, None))
    assert exc_info[1] is error
    assert replied()["error"]["exc_type"] == "ValueError"


def test_a_result_that_is_no_json_is_an_error(ask, workers, replied):
    ask()
    result, exc_info = workers[0].answer(object(), None)
    assert result is None and exc_info[0] is TypeError
    assert replied()["error"]["exc_type"] == "UnserializableValueError"


@pytest.mark.parametrize(
    "request_, error",
    [
        ({"key": "rooms.burn"}, "MethodNotFound"), ({"args": ("a", "b")}, "IncorrectSignature"),
        ({"text": b"{"}, "MalformedRequest"), ({"text": b"[]"}, "MalformedRequest"),
        ({"text": b"{}"}, "MalformedRequest"),
        ({"text": b'{"args": 5, "kwargs": {}}'}, "IncorrectSignature"),
        ({"text": b'{"args": [], "kwargs": 5}'}, "IncorrectSignature"),
    ],
)
def test_a_request_that_cannot_be_served_is_told_why(ask, workers, replied, request_, error):
    ask(**request_)
    assert not workers
    assert replied()["error"]["exc_type"] == error


def test_a_request_without_a_reply_address_gets_no_reply(ask, workers, link):
    ask(reply_to="")
    workers[0].answer("a result", None)
    assert methods(link) == [BASIC_ACK]


def test_a_reply_to_what_the_broker_has_back_is_dropped(ask, workers, link, caplog):
    ask()
    link.connect()
    workers[0].answer("a result", None)
    assert not link.written
    assert "A reply is lost" in caplog.text


def test_requests_during_a_kill_are_given_back(server, ask, link):
    def refuse(*args, **options):
        raise ContainerBeingKilled

    server.container.spawn_worker = refuse
    ask()
    assert methods(link) == [BASIC_REJECT]
    server.broker.is_busy = True
    ask()
    link.connect()  # the broker has it back by itself
    for start in server.broker.waiting:
        start()
    assert methods(link) == [BASIC_REJECT]


def test_a_message_that_cannot_be_handled_breaks_nothing(server, ask, workers, link, caplog):
    handled, server.broker.when_free = server.broker.when_free, None
    ask()
    assert f"A message of {QUEUE} could not be handled" in caplog.text
    server.broker.when_free = handled
    ask()
    assert len(workers) == 1


class TestStopping:
    def test_a_stopping_server_answers_only_what_it_has(self, server, ask, workers, link):
        ask()
        server.method.stop()
        assert link.channel.cancelled == [QUEUE]
        workers[0].answer("a result", None)
        assert methods(link) == [PUBLISH, BASIC_ACK]

    def test_requests_that_came_meanwhile_are_given_back(self, server, ask, workers, link):
        server.method.stop()
        ask()
        assert not workers and methods(link) == [BASIC_REJECT]

    def test_nothing_is_taken_on_a_new_connection(self, server, link):
        server.method.stop()
        link.connect()
        assert not link.channel.callbacks

    def test_all_methods_are_stopped_when_one_is(self, server, link):
        other = Rpc()
        other.rpc_consumer, other.method_name = server, "leave"
        other.container = server.container
        other.setup()
        with eventlet.Timeout(60):
            server.method.stop()
            other.stop()
        assert link.channel.cancelled == [QUEUE]
