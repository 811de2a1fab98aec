"""What a service tells of itself: what it does, and how things stand when somebody asks."""

import socket
from http.client import HTTPConnection
from unittest.mock import Mock

import eventlet
import pytest
from eventlet.event import Event
from nameko.exceptions import RpcTimeout
from nameko.testing.services import dummy, entrypoint_hook
from prometheus_client import REGISTRY, Gauge
from prometheus_client.parser import text_string_to_metric_families

from extensions.amqp.durable_consumer import DurableConsumer
from extensions.container import Container
from extensions.errors import RateLimited, ServiceError
from extensions.observability import gauges as gauges_module
from extensions.observability.gauges import gauges
from extensions.observability.request_metrics import RequestMetrics
from tests.stack import eventually
from tools.launch.ports import free_ports

PIECES = Gauge("tests_pieces", "Pieces on the table", ["colour"], registry=None)
ERRORS = "arbiter_scrape_errors_total"


class Broken(ServiceError):
    pass


class Service:
    """Does what it is told to; what it sees is what the test has put there."""

    name = "tests"

    request_metrics = RequestMetrics()
    pieces = {"white": 1}
    delay = None

    @dummy
    def work(self, error=None):
        if error:
            raise error

    @gauges(PIECES)
    def look(self):
        if self.delay:
            self.delay.wait()
        PIECES.clear()
        for colour, number in self.pieces.items():
            PIECES.labels(colour).set(number)


@pytest.fixture
def service():
    return type("Service", (Service,), {})


@pytest.fixture
def start(service):
    """Runs the service with these settings."""
    running = []

    def start(**settings):
        container = Container(service, {"STUCK_PROCESS": 0, **settings})
        running.append(container)
        container.start()
        return container

    yield start
    for container in running:
        container.stop()


@pytest.fixture
def port(start):
    """A port on which the service tells what it counts."""
    [port] = free_ports(1)
    start(METRICS_PORT=port)
    return port


def get(port, path="/metrics", headers=None):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def samples(text):
    return [
        sample for family in text_string_to_metric_families(text) for sample in family.samples
    ]


def pieces(text):
    return {
        sample.labels["colour"]: sample.value for sample in samples(text)
        if sample.name == "tests_pieces"
    }


class TestOverHttp:
    def test_the_liveness_and_the_metrics_are_served(self, port):
        assert get(port, "/healthz") == (200, "ok\n")
        status, text = get(port)
        assert status == 200
        names = {sample.name for sample in samples(text)}
        assert names >= {"process_resident_memory_bytes", "arbiter_service_requests_in_progress"}
        assert get(port, "/secret")[0] == 404

    def test_a_service_is_ready_while_started_with_its_loops_running(self, start):
        [port] = free_ports(1)
        container = start(METRICS_PORT=port)
        assert get(port, "/readyz") == (200, '{"ready":true,"problems":[]}')
        container.health.watch("look", interval=-60).backlog = 0
        status, said = get(port, "/readyz")
        assert status == 503 and "look has not run for" in said
        assert get(port, "/healthz")[0] == 200
        container.health.serves = False
        assert "starting or stopping" in get(port, "/readyz")[1]

    def test_all_is_told_with_the_name_of_the_service(self, port):
        assert {sample.labels.get("service") for sample in samples(get(port)[1])} == {"tests"}

    def test_openmetrics_are_served_on_request(self, port):
        accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
        assert get(port, headers=accept)[1].endswith("# EOF\n")

    def test_only_this_machine_may_ask_where_nothing_else_is_said(self, port):
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=2)

    def test_without_a_port_nobody_is_told(self, start, caplog):
        start(METRICS_PORT=None)
        assert caplog.text == ""

    def test_a_port_that_is_taken_is_named_and_the_service_runs(self, start, caplog):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            container = start(METRICS_PORT=taken)
            assert f"METRICS_PORT {taken} of 127.0.0.1 can't be used" in caplog.text
            with entrypoint_hook(container, "work") as work:
                assert work() is None

    def test_the_port_is_free_again_when_the_service_has_stopped(self, start):
        [port] = free_ports(1)
        for _ in range(2):
            container = start(METRICS_PORT=port)
            assert get(port)[0] == 200
            container.stop()


class TestWork:
    @pytest.mark.parametrize("error, outcome", [
        (None, "ok"), (Broken("no"), "Broken"), (RateLimited("no"), "RateLimited"),
        (RpcTimeout(5), "unanswered"), (ValueError("no"), "error"),
    ])
    def test_work_is_counted_by_its_outcome(self, start, error, outcome):
        labels = {"kind": "entrypoint", "method": "work"}

        def counted():
            name = "arbiter_service_requests_total"
            return REGISTRY.get_sample_value(name, {**labels, "outcome": outcome}) or 0

        def timed():
            name = "arbiter_service_request_seconds_count"
            return REGISTRY.get_sample_value(name, labels) or 0

        before = counted(), timed()
        with entrypoint_hook(start(), "work") as work:
            try:
                work(error)
            except Exception as raised:
                assert raised is error
        eventually(lambda: (counted(), timed()) == (before[0] + 1, before[1] + 1))
        assert REGISTRY.get_sample_value("arbiter_service_requests_in_progress") == 0

    def test_a_durable_consumer_is_counted_as_a_listener(self):
        consumer = DurableConsumer(Mock())
        consumer.method_name = "count_result"
        context, counting = Mock(entrypoint=consumer), RequestMetrics()
        counting._began = {context: 0.0}
        labels = {"kind": "listener", "method": "count_result", "outcome": "ok"}
        name = "arbiter_service_requests_total"
        before = REGISTRY.get_sample_value(name, labels) or 0
        counting.worker_result(context)
        assert REGISTRY.get_sample_value(name, labels) == before + 1


class TestGauges:
    def test_they_are_looked_at_whenever_somebody_asks(self, service, port):
        assert pieces(get(port)[1]) == {"white": 1}
        service.pieces = {"black": 3}
        assert pieces(get(port)[1]) == {"black": 3}

    def test_a_scrape_lacks_gauges_whose_method_fails(self, service, port):
        before = REGISTRY.get_sample_value(ERRORS)
        service.pieces = None
        status, text = get(port)
        assert (status, pieces(text)) == (200, {})
        assert REGISTRY.get_sample_value(ERRORS) == before + 1

    def test_a_slow_gauge_is_neither_waited_for_nor_asked_again(self, service, port, monkeypatch):
        monkeypatch.setattr(gauges_module, "GAUGES_TIMEOUT_SECONDS", 0.05)
        service.delay = Event()
        for _ in range(3):
            status, text = get(port)
            assert (status, pieces(text)) == (200, {})
        assert REGISTRY.get_sample_value("arbiter_service_requests_in_progress") == 1
        monkeypatch.setattr(gauges_module, "GAUGES_TIMEOUT_SECONDS", 5)
        service.delay.send()
        assert pieces(get(port)[1]) == {"white": 1}

    def test_a_scrape_does_not_wait_for_a_service_that_is_busy(self, service, start, monkeypatch):
        monkeypatch.setattr(gauges_module, "GAUGES_TIMEOUT_SECONDS", 0.05)
        [port] = free_ports(1)
        container = start(METRICS_PORT=port, MAX_WORKERS=1)
        service.delay = Event()
        eventlet.spawn_n(get, port)
        eventually(lambda: container._worker_pool.free() == 0)
        assert get(port)[0] == 200
        service.delay.send()

    def test_a_service_that_has_stopped_is_asked_no_more(self, service, start):
        start().stop()
        service.pieces = None
        assert "tests_pieces" not in {family.name for family in REGISTRY.collect()}
