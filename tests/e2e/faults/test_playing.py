"""The session service, or a gateway, dies at a fault point while two play."""

import pytest

from extensions.fault_points import Point
from tests.client import CheckedClient
from tests.e2e.playing import RESIGN
from tests.e2e.table import Table
from tools.demo.client import Closed

pytestmark = pytest.mark.usefixtures("outage")

MOVE = {"type": "move", "move": "b2b3"}


@pytest.mark.parametrize("point", [Point.BEFORE_COMMIT, Point.COMMITTED, Point.ANNOUNCED])
def test_a_move_is_made_once_and_told_once(stack, two_players, point):
    one, other = two_players
    table = Table(one, other)
    with stack.armed("sessions", point, "session.state_changed", one.login) as await_death:
        sent, number = table.ask(one, MOVE)
        await_death()
        table.note_answer(one, sent, number)
    assert table.faults() == []  # before anybody asks for anything again
    assert table.has_moved(one) or not sent.versions and point is Point.BEFORE_COMMIT
    table.repeat(one, sent)
    table.repeat(one, sent)
    table.move(other, "b4b3")
    assert table.faults() == []
    assert len(sent.versions) >= 2


def test_who_has_left_when_the_service_died_has_left_for_all(stack, two_players):
    one, other = two_players
    table = Table(one, other)
    table.move(one, "b2b3")
    table.move(other, "b4b3")
    words = "session.player_disconnected", other.login
    with stack.armed("sessions", Point.COMMITTED, *words) as await_death:
        other.drop()
        await_death()
    ended = one.wait_for("session.ended", timeout=20)
    assert ended["result"] == {
        "winner": one.login, "reason": "abandonment",
        "by_player": {one.login: 1, other.login: 0},
    }


def test_a_move_whose_answer_a_gateway_took_with_it_is_made_once(stack, player, connect):
    with stack.armed("gateway", Point.COMMAND_ANSWERED, MOVE["move"]) as await_death:
        one, other = player(), player()
        table = Table(one, other)
        sent, _ = table.ask(one, MOVE)
        await_death()
    for each in (one, other):
        with pytest.raises(Closed):
            each.call("server.info")
    one, other = (table.come_back(each, connect(CheckedClient)) for each in (one, other))
    table.repeat(one, sent)
    table.repeat(one, sent)
    table.move(other, "b4b3")
    table.give(one, RESIGN)
    assert table.faults() == []
