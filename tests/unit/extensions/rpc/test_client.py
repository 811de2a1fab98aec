"""Proxies call by the link of their process, and their calls are counted."""

from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from nameko.exceptions import RpcTimeout
from prometheus_client import REGISTRY

from extensions.rpc.client import Cluster, RpcProxy, ServiceProxy
from extensions.settings import Settings
from tests.unit.fakes import Container

SETTINGS = Settings(amqp_uri="amqp://", rpc_timeout=7, heartbeat=9)


def test_a_service_calls_others_by_its_own_link():
    container = Container(SETTINGS, "rooms")
    first = RpcProxy("sessions").bind(container, "sessions")
    second = RpcProxy("accounts").bind(container, "accounts")
    assert first.service_calls is second.service_calls
    first.service_calls.setup()
    first.service_calls.calls.call = Mock(return_value="result")
    context = SimpleNamespace(context_data={"call_id_stack": ["c0ffee"]})
    assert first.get_dependency(context).create(1, seats=2) == "result"
    first.service_calls.calls.call.assert_called_with(
        "sessions", "create", (1,), {"seats": 2}, {"nameko.call_id_stack": ["c0ffee"]}
    )


def test_the_proxies_of_a_cluster_are_made_once():
    cluster = Cluster(SETTINGS, "gateway")
    assert cluster.sessions is cluster["sessions"]
    assert cluster.calls._timeout == 7


def unanswered():
    labels = {"target": "nobody"}
    return REGISTRY.get_sample_value("arbiter_rpc_calls_unanswered_total", labels) or 0


def test_calls_that_nobody_answers_are_counted():
    before = unanswered()
    calls = Mock()
    calls.call.side_effect = RpcTimeout(7)
    proxy = ServiceProxy(calls, "nobody", dict)
    with pytest.raises(RpcTimeout):
        proxy.answer()
    assert unanswered() == before + 1


@pytest.mark.parametrize(("outcome", "counted"), [
    ("result", 0), (ValueError("no"), 0), (RpcTimeout(7), 1),
])
def test_calls_that_nobody_waits_for_are_counted_too(outcome, counted):
    def submit(service, method, args, kwargs, headers, on_outcome):
        assert (service, method, args, kwargs, headers) == ("nobody", "answer", (1,), {}, {})
        on_outcome(outcome)

    before, outcomes = unanswered(), []
    ServiceProxy(Mock(submit=submit), "nobody", dict).submit("answer", (1,), outcomes.append)
    assert outcomes == [outcome] and unanswered() == before + counted
    assert REGISTRY.get_sample_value("arbiter_rpc_calls_in_flight", {"target": "nobody"}) == 0


def test_call_that_cannot_be_encoded_is_told_so():
    calls, outcomes, error = Mock(), [], TypeError("no")
    calls.submit.side_effect = error
    ServiceProxy(calls, "nobody", dict).submit("answer", (1,), outcomes.append)
    assert outcomes == [error]
