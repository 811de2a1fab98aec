"""The HTTP side of the gateway, and which origins may use it."""

import json

import pytest
import websocket

from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES
from tests.stack import SERVICES

INFO = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "server.info"})
FOREIGN = ["https://evil.example", "null", "http://localhost:3001", "http://friend.example",
           "https://friend.example.evil.example", "https://friend.example:444", "http://["]
FRIENDS = ["https://friend.example", "http://localhost:3000"]


def padded(size):
    """A request of so many bytes."""
    return INFO + " " * (size - len(INFO))


def own_origin(stack):
    return f"http://127.0.0.1:{stack.port}"


def test_the_process_says_that_it_lives_and_that_all_is_well(stack):
    assert stack.request("GET", "/healthz")[0] == 200
    status, text = stack.request("GET", "/readyz")
    assert (status, json.loads(text)["not_answering"]) == (200, [])


def test_the_page_says_what_this_is(stack):
    status, text = stack.request("GET", "/")
    assert status == 200 and "Arbiter" in text and "<html" in text


def test_metrics_are_served_to_prometheus(stack, player):
    one = player()
    one.refused("GameNotFound", "rooms.list", game="go")
    status, text = stack.request("GET", "/metrics")
    assert status == 200
    series = dict(
        line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")
    )
    assert float(series['arbiter_gateway_sockets{service="gateway"}']) >= 1
    refused = 'method="rooms.list",outcome="GameNotFound",service="gateway"'
    assert float(series[f"arbiter_gateway_requests_total{{{refused}}}"]) >= 1
    services = {name for name in SERVICES if f'target="{name}"' in text}
    assert {"auth", "accounts", "sessions"} <= services


def test_a_body_of_64_kib_is_read_and_a_larger_one_is_too_large(stack, post):
    assert post(padded(MAX_MESSAGE_BYTES))[1]["result"]["protocol"] == "1.0"
    assert post(padded(MAX_MESSAGE_BYTES + 1))[0] == 413
    assert post(padded(50 * MAX_MESSAGE_BYTES))[0] == 413
    assert post(INFO)[0] == 200


def test_rpc_accepts_only_post(stack):
    assert stack.request("GET", "/rpc")[0] == 405
    assert stack.request("GET", "/no/such/page")[0] == 404


def test_an_answer_is_json(stack):
    assert json.loads(stack.request("POST", "/rpc", INFO)[1])["id"] == 1


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_may_neither_call_nor_connect(stack, origin):
    assert stack.request("POST", "/rpc", INFO, {"Origin": origin})[0] == 403
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        websocket.create_connection(stack.url(), origin=origin, timeout=30)
    assert refusal.value.status_code == 403


@pytest.mark.parametrize("origin", [None, *FRIENDS])
def test_only_allowed_origins_may_call_and_connect(stack, origin):
    origin = origin or own_origin(stack)
    assert stack.request("POST", "/rpc", INFO, {"Origin": origin})[0] == 200
    socket = websocket.create_connection(stack.url(), origin=origin, timeout=30)
    socket.send(INFO)
    assert json.loads(socket.recv())["result"]["protocol"] == "1.0"
    socket.close()


def test_a_client_without_an_origin_may_call_and_connect(stack):
    assert stack.request("POST", "/rpc", INFO)[0] == 200
    socket = websocket.create_connection(stack.url(), suppress_origin=True, timeout=30)
    socket.send(INFO)
    assert json.loads(socket.recv())["id"] == 1
    socket.close()


def test_the_websocket_is_where_it_was_published(stack):
    assert stack.request("GET", "/ws")[0] in (400, 426)  # no upgrade was asked for
