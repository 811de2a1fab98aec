"""An opponent who leaves, and one who comes back."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import meet
from tests.browser.refusing import Refusing
from tests.e2e.playing import RESIGN, begin, both_move

GRACE = 5  # seconds


@pytest.fixture(scope="module", autouse=True)
def short_grace(running_stack):
    """A session service with a short grace."""
    with running_stack.given("sessions", GRACE=GRACE):
        yield


def test_countdown_is_shown_for_an_absent_opponent(person):
    first, second = meet(person().arrive(), person().arrive())
    first.move("b2b3")
    second.says("Your turn")
    second.move("b4b3")
    first.says("Your turn")
    second.context.set_offline(True)
    expect(first.page.get_by_text(f"{second.login} has lost the connection")).to_be_visible()
    first.says("You won: the game was left")
    expect(second.page.get_by_text("The connection is lost")).to_be_visible()
    second.context.set_offline(False)
    second.says("You lost: the game was left")


@pytest.fixture
def ended(person, two_players):
    """A person at the board of an ended game, their line to the server, and the opponent."""
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    other.command(session_id, RESIGN)
    here = person()
    line = Refusing(here, "sessions.connect")
    here.open().known_as(one).log_in().open(f"/#/game/{session_id}")
    here.says("You won: resignation")
    one.call("sessions.disconnect", session_id=session_id)
    return here, line, other


def test_rematch_of_a_returned_opponent_is_accepted(ended):
    here, _, other = ended
    session_id = here.page.url.rpartition("/")[2]
    other.call("sessions.disconnect", session_id=session_id)
    here.page.reload()
    here.says("You won: resignation")
    expect(here.button("Rematch")).to_be_hidden()
    other.connect(session_id)
    assert other.call("sessions.rematch", session_id=session_id) == {"status": "asked"}
    expect(here.page.get_by_text(f"{other.login} asks for a rematch.")).to_be_visible()
    here.button("Rematch").click()
    expect(here.page).not_to_have_url(f"{here.base}/#/game/{session_id}")
    expect(here.square("b2")).to_be_visible()


def test_rematch_that_was_asked_for_meanwhile_is_offered(person, two_players):
    one, other = two_players
    session_id = begin(one, other, clock={"days": 1})
    both_move(one, other, session_id)
    other.command(session_id, RESIGN)
    one.wait_for("session.ended")
    other.call("sessions.rematch", session_id=session_id)
    here = person().open().known_as(one).log_in().open(f"/#/game/{session_id}")
    expect(here.page.get_by_text(f"{other.login} asks for a rematch.")).to_be_visible()
    here.button("Rematch").click()
    assert other.wait_for("session.created")["session"]["players"] == [other.login, one.login]
    here.says(f"{other.login} is to move")


def test_rematch_can_be_asked_again_after_a_reconnection(ended):
    here, line, other = ended
    asked = here.page.get_by_text("You have asked for a rematch.")
    here.button("Rematch").click()
    expect(asked).to_be_visible()
    line.refuses = 1000  # until it is known that the player has left
    line.break_connection()
    other.wait_for("session.rematch_asked", lambda params: params["login"] is None)
    line.refuses = 0
    expect(asked).to_be_hidden()
    here.button("Rematch").click()
    expect(asked).to_be_visible()
