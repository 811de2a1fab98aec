"""Instances of the release before and of this one side by side, while players play."""

from functools import partial

import eventlet
import pytest

from tests import forking, postgres
from tests.conftest import ROLLING
from tests.e2e.reconnecting_player import ReconnectingPlayer, check_pair
from tests.stack import SERVICES, Stack
from tests.upgrade.players_day import Resident, live
from tools.launch.backends import DATABASES

# The new ones are started in this order, and the old ones stopped in the other: so who calls meets
# who is called in both releases, without another instance to answer.
CALLERS, CALLED = ("private_rooms", "rooms", "searcher"), ("accounts", "auth", "sessions")
THINKING_SECONDS = 0.3
GAMES = 2


@pytest.fixture
def old_stack(broker, baseline, postgres_server, redis_server, tmp_path, outage):
    """All of the release before, running; each service has a second process, of this release."""
    databases = {name: postgres.new_database(postgres_server) for name in DATABASES}
    settings = {**databases, "REDIS_URL": redis_server.uri(), "GATEWAY_LEASE": 30}
    stack = Stack(tmp_path, broker.uri(ROLLING), instances=2, **settings)
    for name in ("gateway", *SERVICES):
        stack.processes[name].spawn = partial(forking.spawn, folder=baseline)
    try:
        start(stack, "gateway", *SERVICES)
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def players():
    """Plays games on until it is told to stop: each game by two gateways."""
    playing = Playing()
    yield playing
    playing.close()


class Playing:
    """Players who play one session each, two against each other, whatever restarts."""

    def __init__(self):
        self.players, self._running, self._goes_on = [], [], True

    def begin(self, *urls):
        """Begin a game between players who connect to these."""
        one, other = (ReconnectingPlayer(url, THINKING_SECONDS) for url in urls)
        self.players += [one, other]
        room = one.call("rooms.create", game="chess")
        session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
        for each in (one, other):
            each.join(session_id)
            self._running.append(eventlet.spawn(each.play, lambda: self._goes_on))

    def move_to(self, url):
        """Have all connect there from now on."""
        for each in self.players:
            each.url = url

    def finish(self):
        """Stop, and check that nobody has missed anything."""
        self._goes_on = False
        for each in self._running:
            each.wait()
        for one, other in zip(self.players[::2], self.players[1::2], strict=True):
            check_pair(one, other)

    def close(self):
        """Disconnect."""
        self._goes_on = False
        for each in self.players:
            each.close()


def start(stack, *names):
    for name in names:
        stack.processes[name].start()
    stack.wait_until_ready()


def test_releases_side_by_side_serve_all_players_in_any_order(old_stack, players):
    stack = old_stack
    new_url = stack.url(stack.start_gateway("gateway-2").port)
    live(Resident(stack.url()), Resident(new_url))  # a new gateway, and only old services
    for _ in range(GAMES):
        players.begin(stack.url(), new_url)
    for services in (CALLERS, CALLED):
        start(stack, *(f"{each}-2" for each in services))
        live(Resident(new_url), Resident(stack.url()))
    for service in (*CALLED, *CALLERS):
        stack.processes[service].stop()
    stack.wait_until_ready()
    live(Resident(stack.url()), Resident(new_url))  # an old gateway, and only new services
    players.move_to(new_url)
    stack.processes["gateway"].stop()
    live(Resident(new_url), Resident(new_url))
    players.finish()
    said = stack.said()
    assert "Traceback" not in said, said
