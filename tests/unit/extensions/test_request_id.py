"""The id of a call: each greenthread's own, and with whatever goes out on its behalf."""

from types import SimpleNamespace
from unittest.mock import Mock

import eventlet
import pytest
from nameko.constants import CALL_ID_STACK_CONTEXT_KEY
from nameko.exceptions import RemoteError
from nameko.rpc import Rpc
from nameko.testing.services import dummy, worker_factory
from nameko.timer import Timer

from extensions import request_id, service_base
from extensions.amqp.durable_consumer import DurableConsumer
from extensions.observability import logs
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.outbox.message import OutboxMessage
from extensions.rpc.client import Cluster
from extensions.settings import Settings
from tests.unit.fakes import Container


def serve_new():
    """Serve a new request in this greenthread from now on; returns its id."""
    started = request_id.create()
    request_id.resume(started)
    return started


def test_only_a_gateways_call_is_known_to_be_of_one_request():
    assert request_id.idempotency_key() is None
    started = serve_new()
    assert request_id.idempotency_key() == started
    others = "standalone_rpc_proxy.call.0ea4a4d5-8d3a-4b45-a7d6-7c1a3b1bd2d4", "x" * 100, ""
    for other in others:
        with request_id.scope(other):
            assert request_id.current() == other and request_id.idempotency_key() is None


def test_each_greenthread_serves_a_call_of_its_own():
    together = eventlet.event.Event()

    def serve():
        started = serve_new()
        together.wait()
        return started, request_id.current()

    threads = [eventlet.spawn(serve) for _ in range(2)]
    eventlet.sleep()
    together.send()
    (one, one_later), (other, other_later) = [thread.wait() for thread in threads]
    assert one == one_later != other == other_later
    assert request_id.current() is None


def test_ids_are_not_to_be_guessed():
    assert len({request_id.create() for _ in range(1000)}) == 1000
    assert len(request_id.create()) == 16


def test_under_another_call_is_for_a_block_only():
    started = serve_new()
    with pytest.raises(ValueError):
        with request_id.scope("c0ffee"):
            assert request_id.current() == "c0ffee"
            raise ValueError
    assert request_id.current() == started


def test_a_gateways_rpc_takes_the_id_along_of_whoever_makes_it():
    calls = Mock()
    proxy = Cluster(Settings(amqp_uri="amqp://"), "gateway")["rooms"]
    proxy._calls = calls

    def carried():
        started = serve_new()
        proxy.get(started)
        return started

    threads = [eventlet.spawn(carried) for _ in range(3)]
    started = [thread.wait() for thread in threads]
    proxy.get(None)
    stacks = {call.args[2][0]: call.args[4] for call in calls.call.call_args_list}
    name = f"nameko.{CALL_ID_STACK_CONTEXT_KEY}"
    assert stacks == {None: {name: []}} | {each: {name: [each]} for each in started}


def test_a_message_keeps_the_request_that_caused_it():
    with request_id.scope("c0ffee"):
        message = OutboxMessage("room.1", "room.filled", {})
    with request_id.scope("decade"):
        assert message.body["request_id"] == "c0ffee"
    assert "request_id" not in OutboxMessage("room.1", "room.closed", {}).body


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"request_id": "c0ffee"}, ["c0ffee"]), ({}, None), ({"request_id": 7}, None),
        ("nonsense", None),
    ],
)
def test_a_consumer_continues_the_call_of_a_message(body, expected):
    message = SimpleNamespace(headers={}, payload=body)
    context = DurableConsumer("queue").unpack_message_headers(message)
    assert context.get(CALL_ID_STACK_CONTEXT_KEY) == expected


class TestServing:
    @pytest.fixture
    def serve(self):
        """Serves a call as Nameko's container does; what was current meanwhile."""

        def serve(entrypoint, stack=("c0ffee", "rooms.join.1"), error=None, **options):
            container = Container(Settings(), "rooms")
            serving = EntrypointLogging(**options).bind(container, "serving")
            context = SimpleNamespace(
                call_id_stack=list(stack), service_name="rooms", entrypoint=entrypoint, data={}
            )
            serving.worker_setup(context)
            current = request_id.current()
            serving.worker_result(context, None, error and (type(error), error, None))
            return current

        return serve

    def test_a_call_goes_on_under_its_id_and_is_logged(self, serve, lines):
        assert serve(entrypoint(Rpc, "join")) == "c0ffee"
        [line] = lines()
        assert line.pop("ms") >= 0
        assert line == {
            "level": "INFO", "message": "served", "request_id": None, "method": "rooms.join",
            "outcome": "ok", "stack": "c0ffee>rooms.join.1",
        }

    def test_a_call_without_an_id_has_that_of_its_own(self, serve):
        assert serve(entrypoint(Timer, "sweep"), ["rooms.sweep.1"]) == "rooms.sweep.1"

    @pytest.mark.parametrize(
        "error, outcome",
        [(KeyError("key"), "KeyError"), (RemoteError("RoomFull", "the key"), "RoomFull")],
    )
    def test_an_error_is_logged_by_its_type_alone(self, serve, lines, error, outcome):
        serve(entrypoint(Rpc, "join"), error=error)
        [line] = lines()
        assert line["outcome"] == outcome and "key" not in str(line)

    @pytest.mark.parametrize(
        "kind, name, error, level",
        [
            (Timer, "sweep", None, "DEBUG"), (Timer, "sweep", KeyError(), "DEBUG"),
            (Rpc, "ping", None, "DEBUG"), (Rpc, "renew", None, "DEBUG"),
            (Rpc, "renew", KeyError(), "INFO"), (Rpc, "gathered", None, "DEBUG"),
        ],
    )
    def test_frequent_calls_are_quiet_while_they_succeed(
        self, serve, lines, kind, name, error, level
    ):
        serve(entrypoint(kind, name), error=error, quiet=("gathered",))
        assert [line["level"] for line in lines()] == [level]

    def test_the_process_is_named_by_its_service(self, serve, monkeypatch):
        monkeypatch.setattr(logs, "_process", "")
        serve(entrypoint(Rpc, "join"))
        assert logs._process == "rooms"

    def test_every_service_has_it(self):
        class Service(service_base.Service):
            name = "service"

            @dummy
            def method(self):
                pass

        assert isinstance(Service.entrypoint_logging, EntrypointLogging)
        service = worker_factory(Service)
        assert service.ping()["problems"] is service.problems.return_value


def entrypoint(kind, method_name):
    made = kind(interval=1) if kind is Timer else kind()
    made.method_name = method_name
    return made
