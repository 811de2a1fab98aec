"""What screen readers read out, and reduced motion."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import meet
from tests.e2e.playing import begin, both_move

# Everything that stands where a screen reader hears what passes, one after the other.
LISTEN = """() => {
  const region = document.getElementById("announcement");
  window.heard = [];
  new MutationObserver(() => heard.push(region.textContent)).observe(region, { childList: true });
}"""

# What each live region comes to say, whenever that changes.
LISTEN_TO_ALL = """() => {
  window.heard = [];
  const said = new Map();
  new MutationObserver((changes) => changes.forEach(({ target }) => {
    const region = (target.closest ? target : target.parentElement).closest("[role=status]");
    if (region && region.textContent !== said.get(region)) {
      said.set(region, region.textContent);
      heard.push(region.textContent);
    }
  })).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def heard(person, words):
    """Return what a screen reader has read out of these words."""
    return [each for each in person.page.evaluate("() => heard") if words in each]


@pytest.fixture
def short_grace(stack):
    """A session service with a short grace."""
    with stack.given("sessions", GRACE=2.5):
        yield


@pytest.mark.usefixtures("short_grace")
def test_countdown_is_not_read_out_each_second(person):
    first, second = meet(person().arrive(), person().arrive())
    first.move("b2b3")
    second.says("Your turn")
    second.move("b4b3")
    first.says("Your turn")
    for each in (first, second):
        each.page.evaluate(LISTEN_TO_ALL)
    second.context.set_offline(True)
    first.says("You won: the game was left")
    assert heard(first, "has lost the connection") == [f"{second.login} has lost the connection."]
    for seconds in ("0:0[3-9]", "0:0[0-2]"):
        expect(second.page.get_by_text(re.compile(f"^Trying again in {seconds}"))).to_be_visible()
    assert heard(second, "connection is lost") == ["The connection is lost."]
    assert not heard(second, "Connecting")


def test_spectator_hears_who_holds_which_piece(person, two_players):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    watcher = person().open(f"/#/game/{session_id}")
    for each in two_players:
        hand = watcher.page.get_by_role("group", name=f"Hand of {each.login}")
        expect(hand.get_by_role("img")).to_have_accessible_name(f"{each.login} holds: chick")


def test_time_of_each_move_is_in_its_description(person, two_players):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    watcher = person().open(f"/#/game/{session_id}")
    moves = watcher.page.get_by_role("list", name="Moves").get_by_role("button")
    expect(moves).to_have_count(2)
    for move in moves.all():
        expect(move).to_have_accessible_description(re.compile(r"^0:\d\d for this move$"))


def test_repeated_announcement_is_read_out_again(person):
    one = person().arrive()
    one.button("Create private room").click()
    one.page.evaluate(LISTEN)
    region = one.page.locator("#announcement")
    for _ in range(2):
        one.button("Copy link").click()
        expect(region).to_have_text("Copied")
        one.page.wait_for_function("() => heard.at(-1) === 'Copied'")
    one.page.wait_for_function("() => heard.filter((each) => each === 'Copied').length === 2")
    assert [each for each in one.page.evaluate("() => heard") if each] == ["Copied", "Copied"]


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_reduced_motion_stops_animations(person, wish):
    one = person(reduced_motion=wish).arrive()
    one.button("Find an opponent").click()
    expect(one.page.locator(".ripples i").last).to_be_visible()
    moving = one.page.evaluate(
        "() => document.getAnimations().filter((each) => each instanceof CSSAnimation).length"
    )
    assert moving == (3 if wish == "no-preference" else 0)
