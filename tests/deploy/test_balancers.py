"""Both balancers, by the files in deploy/, in front of two gateways and with TLS."""

import json
import ssl
import urllib.request
from contextlib import suppress

import pytest
import websocket

from client import Closed, Refused
from tests.client import CheckedClient, Player
from tests.deploy.conftest import BALANCERS
from tests.e2e.playing import by_room, play_out
from tests.stack import eventually

SECOND = "second gateway"


@pytest.fixture(params=BALANCERS)
def balancer(request, stack, certificate, tmp_path):
    """Run a balancer in front of the gateways."""
    second = stack.start_gateway(SECOND, TRUSTED_PROXIES=1)
    try:
        with BALANCERS[request.param]([stack.port, second.port], certificate, tmp_path) as running:
            yield running
    finally:
        stack.resume(SECOND)
        stack.remove(SECOND)


@pytest.fixture
def over_tls(connect, balancer, certificate):
    """Opens connections to the balancer, whose certificate is checked."""

    made = []

    def over_tls(kind=Player):
        made.append(connect(kind, url=balancer.url, sslopt={"ca_certs": str(certificate)}))
        return made[-1]

    yield over_tls
    for client in made:
        client.close()
        if not client._reader.is_alive():
            client._socket.shutdown()  # which `close` leaves out where the server has closed it


@pytest.mark.parametrize("name", BALANCERS)
def test_the_balancer_itself_finds_no_fault_in_its_file(name, certificate, tmp_path):
    BALANCERS[name]([8001, 8002], certificate, tmp_path).check()


def test_a_game_is_played_and_what_is_for_operators_is_hidden(
    balancer, stack, over_tls, certificate
):
    players = over_tls(), over_tls()
    session_id = by_room(*players)
    for each in players:
        each.connect(session_id)
    seen = play_out(players, session_id)
    assert all(events[-1]["type"] == "session.ended" for events in seen.values())

    trusting = ssl.create_default_context(cafile=str(certificate))
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trusting), urllib.request.ProxyHandler({})
    )
    address = f"https://127.0.0.1:{balancer.port}"
    assert b"Arbiter" in opener.open(f"{address}/").read()
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "server.info"}).encode()
    assert b"protocol" in opener.open(f"{address}/rpc", data=body).read()
    for path in ("healthz", "readyz", "metrics", "%6Detrics"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            opener.open(f"{address}/{path}")


@pytest.mark.usefixtures("outage")
def test_with_a_service_away_players_come_and_stay(balancer, stack, over_tls):
    one = over_tls()
    stack.pause("searcher")
    try:
        eventually(lambda: all(
            stack.request("GET", "/readyz?for=balancer", port=each)[0] == 404
            for each in (stack.port, stack.processes[SECOND].port)
        ))
        for _ in range(4):
            assert over_tls().call("rooms.list")["items"] == []
        assert one.call("rooms.list")["items"] == []
    finally:
        stack.resume("searcher")
    stack.wait_until_ready()


@pytest.mark.usefixtures("outage")
def test_a_gateway_that_hangs_gets_no_new_players(balancer, stack, over_tls):
    before = []

    def reach_the_other():
        # A balancer that has found one gateway slow, on a busy machine, leaves it out for a while.
        before.append(over_tls(CheckedClient))
        stack.pause(SECOND)
        return is_open(before[-1]) or stack.resume(SECOND)

    try:
        before += [over_tls(CheckedClient) for _ in range(3)]
        eventually(reach_the_other, 60, "a connection to the other gateway")
        eventually(lambda: all(is_served(over_tls) for _ in range(4)), 60, "the other gateway only")
        if balancer.breaks_connections:
            eventually(lambda: not all(map(is_open, before)), 30, "a broken connection")
        assert any(map(is_open, before))
    finally:
        stack.resume(SECOND)


def is_served(over_tls):
    """Tell whether a new connection is served; it may wait until the hanging gateway is out."""
    with suppress(OSError, websocket.WebSocketException, TimeoutError, Closed):
        return bool(over_tls(CheckedClient).call("server.info"))
    return False


def is_open(client):
    """Tell whether a connection is served."""
    try:
        client.timeout = 1.0
        return bool(client.call("server.info"))
    except (Closed, TimeoutError, Refused):
        return False
