"""All players at once come back to their games, after all gateways were killed.

How long that takes is measured by `make bench`. HERD sets how many players there are.
"""

import os
import time

import pytest

from tests.client import CheckedClient
from tests.conftest import OUTAGES
from tests.stack import Stack, eventually
from tools.bench import loads
from tools.bench.players import make_players
from tools.bench.setup import Setup

PLAYERS = int(os.environ.get("HERD", "320"))  # more than two gateways let in at a time
TIMEOUT_SECONDS = 300.0  # for a machine that has much else to do
HOUR = 3600.0  # nobody may lose a game because the machine is slow


@pytest.fixture(scope="module")
def running_stack(broker, production, tmp_path_factory):
    folder, instances = tmp_path_factory.mktemp("stack"), 2 if production else 1
    settings = {**production, "GRACE": HOUR, "ANONYMOUS_TIMEOUT": HOUR}
    with Stack(folder, broker.uri(OUTAGES), instances, **settings) as stack:
        yield stack


@pytest.fixture
def gateways(stack):
    """The names of two gateways on one port."""
    second = stack.start_gateway(PORT=stack.port)
    yield "gateway", second.name
    stack.remove(second.name)


@pytest.fixture
def tokens(stack):
    return make_players({name: str(value) for name, value in stack.settings.items()}, PLAYERS)


@pytest.fixture
def idle_load(stack, gateways, tokens, tmp_path):
    """The players, two in a game each. Who is given a turn does not wait for it."""
    pids = {name: process.pid for name, process in stack.processes.items()}
    Setup(stack.url(), tokens, pids).save(tmp_path / "setup.json")
    with loads.LastingLoad("idle", tmp_path / "setup.json", first_token=0) as idle_load:
        for step, *arguments in (["connect"], ["begin"], ["arm", False]):
            idle_load.ask(step, *arguments, timeout=TIMEOUT_SECONDS)
        yield idle_load


def test_players_of_killed_gateways_all_come_back(stack, gateways, tokens, idle_load, connect):
    stack.pause("auth")  # so that nobody is back before all have asked
    stack.kill(*gateways)
    killed_at = time.time()
    for name in gateways:
        stack.processes[name].start()
    eventually(
        lambda: "method=auth.authenticate outcome=Unavailable" in stack.said(*gateways),
        TIMEOUT_SECONDS, "A refusal",
    )
    stack.resume("auth")
    herd = idle_load.ask("herd", killed_at, TIMEOUT_SECONDS, timeout=2 * TIMEOUT_SECONDS)
    assert herd["players"] == herd["back"] == PLAYERS
    assert herd["turns"] > 0 and herd["ended"] == 0
    assert_game_goes_on(connect, *tokens[:2])


def assert_game_goes_on(connect, *tokens):
    """Have whichever of two players is to move do so in their game."""
    for token in tokens:
        player = connect(CheckedClient)
        login = player.call("auth.authenticate", access_token=token)["login"]
        [session] = player.call("sessions.list", login=login)["items"]
        session = player.call("sessions.connect", session_id=session["session_id"])["session"]
        assert session["connected"] == session["players"] and session["status"] == "active"
        if session["legal"]:
            player.execute(session["session_id"], {"type": "move", "move": session["legal"][0]})
            return
    raise AssertionError("Nobody is to move")
