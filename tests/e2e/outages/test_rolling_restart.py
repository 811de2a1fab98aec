"""Every process is restarted, one after the other, while games go on: no player notices."""

import signal

import eventlet
import pytest

from tests import postgres
from tests.conftest import ROLLING
from tests.e2e.reconnecting_player import ReconnectingPlayer, check_pair
from tests.stack import Stack, eventually
from tools.launch.backends import DATABASES

GAMES = 20
THINKING_SECONDS = 1.0
REGISTERING_AT_ONCE = 4  # hashing passwords takes long
STOP_TIMEOUT_SECONDS = 60


@pytest.fixture
def two_of_each(broker, postgres_server, redis_server, tmp_path):
    """Two instances of each service, and two gateways on one port, on the engines of production."""
    databases = {name: postgres.new_database(postgres_server) for name in DATABASES}
    stack = Stack(
        tmp_path, broker.uri(ROLLING), instances=2, **databases, REDIS_URL=redis_server.uri(),
        GRACE=30, GATEWAY_LEASE=15, RPC_TIMEOUT=5, PING=20,
    )
    stack.processes["gateway-2"] = stack._gateway("gateway-2", stack.settings)
    with stack:
        yield stack


@pytest.fixture
def pairs(two_of_each):
    """Pairs of players, each pair in a session of its own."""
    made = []

    def pair(_):
        one, other = (ReconnectingPlayer(two_of_each.url(), THINKING_SECONDS) for _ in range(2))
        made.extend((one, other))
        room = one.call("rooms.create", game="chess")
        session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
        for player in (one, other):
            player.join(session_id)
        return one, other

    yield list(eventlet.GreenPool(REGISTERING_AT_ONCE).imap(pair, range(GAMES)))
    for player in made:
        player.close()


def restart(process):
    """End a process by SIGTERM and start it again; return when it serves."""
    process.signal(signal.SIGTERM)
    assert process.ends(STOP_TIMEOUT_SECONDS), f"{process.name} had to be killed"
    assert process.status == 0
    process.start()
    serves = "listens" if process.name.startswith("gateway") else "takes_calls"
    eventually(lambda: getattr(process, serves), 60, f"the new {process.name}")


def test_a_rolling_restart_costs_no_player_anything(two_of_each, pairs):
    going = [True]
    players = [player for pair in pairs for player in pair]
    playing = [eventlet.spawn(player.play, lambda: going[0]) for player in players]
    for process in two_of_each.processes.values():
        restart(process)
        assert not [each for each in playing if each.dead], "somebody has given up"
    eventlet.sleep(2 * THINKING_SECONDS)
    going[0] = False
    for each in playing:
        each.wait()

    for one, other in pairs:
        check_pair(one, other)
    said = two_of_each.said()
    assert "Traceback" not in said, said
    print(f"{sum(len(player.acknowledged) for player in players)} moves, "
          f"{sum(player.retries for player in players)} retries")
