"""A session service or a gateway dies at a fault point while two players play."""

import pytest

from client import Closed
from extensions.fault_points import Point
from tests.client import CheckedClient
from tests.e2e.playing import RESIGN
from tests.e2e.watched_session import WatchedSession

pytestmark = pytest.mark.usefixtures("outage")

MOVE = {"type": "move", "move": "b2b3"}


@pytest.mark.parametrize("point", [Point.BEFORE_COMMIT, Point.COMMITTED, Point.ANNOUNCED])
def test_a_move_is_made_once_and_told_once(stack, two_players, point):
    one, other = two_players
    watched = WatchedSession(one, other)
    with stack.armed("sessions", point, "session.state_changed", one.login) as await_death:
        sent, number = watched.ask(one, MOVE)
        await_death()
        watched.note_answer(one, sent, number)
    assert watched.faults() == []  # before anybody asks for anything again
    assert watched.has_moved(one) or not sent.versions and point is Point.BEFORE_COMMIT
    watched.repeat(one, sent)
    watched.repeat(one, sent)
    watched.move(other, "b4b3")
    assert watched.faults() == []
    assert len(sent.versions) >= 2


@pytest.fixture
def short_grace(stack):
    """A session service in which who has left soon loses."""
    with stack.given("sessions", GRACE=1):
        yield


def test_a_player_who_left_during_a_death_loses(stack, short_grace, two_players):
    one, other = two_players
    watched = WatchedSession(one, other)
    watched.move(one, "b2b3")
    watched.move(other, "b4b3")
    words = "session.player_disconnected", other.login
    with stack.armed("sessions", Point.COMMITTED, *words) as await_death:
        other.drop()
        await_death()
    ended = one.wait_for("session.ended")
    assert ended["result"] == {
        "winner": one.login, "reason": "abandonment",
        "by_player": {one.login: 1, other.login: 0},
    }


def test_a_move_whose_answer_a_gateway_took_with_it_is_made_once(stack, player, connect):
    with stack.armed("gateway", Point.COMMAND_ANSWERED, MOVE["move"]) as await_death:
        one, other = player(), player()
        watched = WatchedSession(one, other)
        sent, _ = watched.ask(one, MOVE)
        await_death()
    for each in (one, other):
        with pytest.raises(Closed):
            each.call("server.info")
    one, other = (watched.come_back(each, connect(CheckedClient)) for each in (one, other))
    watched.repeat(one, sent)
    watched.repeat(one, sent)
    watched.move(other, "b4b3")
    watched.give(one, RESIGN)
    assert watched.faults() == []
