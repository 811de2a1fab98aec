"""A process dies at a fault point when a rated game has ended: the game counts once."""

import pytest

from extensions.fault_points import Point
from sessions.events import RESULTS_EXCHANGE
from tests.e2e.oracle import faults_of_ratings
from tests.e2e.playing import RESIGN
from tests.e2e.watched_session import WatchedSession
from tests.interface.tap import Tap
from tests.stack import eventually

pytestmark = pytest.mark.usefixtures("outage")


@pytest.fixture
def results(stack):
    """Counts how often the result of a session has been announced."""
    tap, heard = Tap(stack.settings["AMQP_URI"], RESULTS_EXCHANGE), []

    def count(session_id):
        heard.extend(tap.rest())
        return [each.params["session_id"] for each in heard].count(session_id)

    yield count
    tap.close()


@pytest.mark.parametrize(("service", "point", "word", "announced"), [
    ("sessions", Point.BEFORE_COMMIT, "session.result", 1),
    ("sessions", Point.COMMITTED, "session.result", 1),
    ("sessions", Point.ANNOUNCED, "session.result", 2),
    ("accounts", Point.BEFORE_COMMIT, "", 1),
    ("accounts", Point.RESULT_COUNTED, "", 1),
])
def test_a_result_counts_once(stack, two_players, results, service, point, word, announced):
    one, other = two_players
    watched = WatchedSession(one, other)
    watched.move(one, "b2b3")
    watched.move(other, "b4b3")
    with stack.armed(service, point, word, one.login) as await_death:
        sent, number = watched.ask(one, RESIGN)
        await_death()
        watched.note_answer(one, sent, number)
    watched.repeat(one, sent)
    assert watched.faults() == []
    eventually(lambda: results(watched.session_id) >= announced, what="the result's announcement")

    # Counted after the first result, however often that comes: they are counted in their order.
    second = WatchedSession(one, other)
    second.give(other, RESIGN)
    assert second.faults() == []
    eventually(lambda: all(each["games"] >= 2 for each in ratings(one, other).values()))
    assert faults_of_ratings(
        [{one.login: 0, other.login: 1}, {one.login: 1, other.login: 0}], ratings(one, other)
    ) == []


def ratings(*players):
    return {player.login: player.call("accounts.get")["ratings"]["dobutsu"] for player in players}
