"""Traces: what is recorded of a request and sent to a collector, and that nothing is while off."""

import subprocess
import sys
import threading
from types import SimpleNamespace
from unittest.mock import Mock

import eventlet
import pytest
from nameko.rpc import Rpc

from extensions import request_id
from extensions.observability import tracing
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.rpc.client import ServiceProxy
from extensions.settings import Settings
from tests.collector import Collector
from tests.process import ROOT
from tests.stack import eventually
from tests.unit.fakes import Container


@pytest.fixture
def collector():
    with Collector() as collector:
        yield collector


@pytest.fixture
def traced(collector, monkeypatch):
    """Tracing is on; stopping it sends all that there is."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    tracing.start(Settings(otel_exporter_otlp_endpoint=collector.url), "gateway")
    yield
    tracing.stop()


@pytest.fixture
def sent(collector, traced):
    """All spans, by name, once tracing has been stopped."""

    def sent():
        tracing.stop()
        return {span.name: span for span in collector.spans}

    return sent


def headers_of_a_call():
    """What goes along with a call to another service that is made now."""
    calls = Mock()
    ServiceProxy(calls, "rooms", dict).join()
    return calls.call.call_args.args[4]


def serve(headers, error=None):
    """Serve a call that came with these headers, as Nameko's container does."""
    serving = EntrypointLogging().bind(Container(Settings(), "rooms"), "serving")
    context = SimpleNamespace(
        call_id_stack=["c0ffee"], service_name="rooms", entrypoint=Rpc(),
        data={name.removeprefix("nameko."): value for name, value in headers.items()},
    )
    context.entrypoint.method_name = "join"
    serving.worker_setup(context)
    inside = tracing.traceparent()
    serving.worker_result(context, None, error and (type(error), error, None))
    return inside


def test_a_trace_runs_from_the_request_to_the_called_service(sent):
    with request_id.scope("c0ffee"):
        request = tracing.request()
        headers = headers_of_a_call()
        request.end("ok", "private_rooms.join")
    inside = eventlet.spawn(serve, headers).wait()  # as in another process
    spans = sent()
    assert set(spans) == {"private_rooms.join", "rooms.join"}
    # The name is the client's and the service's: the latter came last.
    assert spans["rooms.join"].trace == spans["private_rooms.join"].trace
    assert inside.split("-")[1:3] == [
        spans["rooms.join"].trace, spans["rooms.join"].id
    ]


def test_each_span_hangs_on_the_one_that_caused_it(collector, sent):
    request = tracing.request()
    headers = headers_of_a_call()
    request.end("ok", "private_rooms.join")
    eventlet.spawn(serve, headers, KeyError("secret")).wait()
    sent()
    spans = collector.of_trace(collector.spans[0].trace)
    asked = spans["gateway", "private_rooms.join", "server"]
    called, served = (spans["gateway", "rooms.join", kind] for kind in ("client", "server"))
    assert (asked.parent, called.parent, served.parent) == ("", asked.id, called.id)
    assert (asked.failed, served.failed) == (False, True)
    assert served.attributes == {"outcome": "KeyError", "request_id": "c0ffee"}


def test_a_command_is_recorded_once_it_is_stored(sent):
    request = tracing.request()
    parent = tracing.traceparent()
    request.end("ok", "sessions.execute")
    tracing.done("command", parent, 1_700_000_000.0, "IllegalMove", session="s1", version=None)
    spans = sent()
    command = spans["command"]
    assert (command.trace, command.parent) == (
        spans["sessions.execute"].trace, spans["sessions.execute"].id
    )
    assert command.began == 1_700_000_000_000_000_000 < command.ended
    assert command.failed
    assert command.attributes == {"outcome": "IllegalMove", "session": "s1"}


def test_span_that_was_left_ends_elsewhere(sent):
    request = tracing.request()
    inner = tracing.call("sessions", "execute")
    inner.leave()
    request.leave()
    outside = tracing.traceparent()
    eventlet.spawn(inner.end, "ok").wait()
    eventlet.spawn(request.end, "ok", "sessions.execute").wait()
    assert outside is None
    spans = sent()  # both have one name: the request came last
    assert spans["sessions.execute"].parent == ""


def test_work_of_a_process_by_itself_has_no_trace(sent):
    headers = headers_of_a_call()
    serve(headers)
    tracing.done("command", None, 0.0, "ok")
    assert headers == {} and sent() == {}


def test_a_call_with_a_malformed_trace_is_served(sent):
    serve({"nameko.traceparent": "nonsense"})
    assert set(sent()) == {"rooms.join"}


def test_requests_side_by_side_have_traces_of_their_own(collector, sent):
    def request(name):
        span = tracing.request()
        eventlet.sleep()
        with tracing.call("rooms", name):
            eventlet.sleep()
        span.end("ok", name)

    for thread in [eventlet.spawn(request, name) for name in ("one", "other")]:
        thread.wait()
    sent()
    for name in ("one", "other"):
        asked, = (span for span in collector.spans if span.name == name)
        called, = (span for span in collector.spans if span.name == f"rooms.{name}")
        assert (called.trace, called.parent) == (asked.trace, asked.id)
    assert len({span.trace for span in collector.spans}) == 2


def test_spans_are_sent_while_others_work(collector, traced):
    tracing.request().end("ok", "server.info")
    eventually(lambda: collector.spans)


def test_a_collector_that_is_away_keeps_nobody_for_long(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0.5")  # seconds
    tracing.start(Settings(otel_exporter_otlp_endpoint="http://127.0.0.1:1"), "gateway")
    tracing.request().end("ok", "server.info")
    assert senders()
    monkeypatch.setattr(tracing, "FLUSH_TIMEOUT_SECONDS", 0.01)
    tracing.stop()
    assert tracing.traceparent() is None
    eventually(lambda: not senders())  # or it would log that it tries again, in the next tests


def senders():
    """The threads of the SDK that send spans."""
    return [each for each in threading.enumerate() if each.name.startswith("OtelBatch")]


def test_off_the_sdk_is_not_imported():
    source = (
        "import eventlet; eventlet.monkey_patch()\n"
        "import sys, gateway.process, sessions.service\n"
        "from extensions.observability import tracing\n"
        "from extensions.settings import Settings\n"
        "tracing.start(Settings(), 'gateway')\n"
        "with tracing.call('rooms', 'join'): tracing.request().end('ok')\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", source], cwd=ROOT, capture_output=True, text=True,
        check=True, timeout=60,
    )
    assert ended.stdout == "[]\n"


def test_without_its_packages_it_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(SystemExit, match=r"\.\[tracing\]"):
        tracing.start(Settings(otel_exporter_otlp_endpoint="http://127.0.0.1:1"), "gateway")
