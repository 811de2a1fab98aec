"""A game that goes on while its player looks at other pages."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.people import listed, meet, strip
from tests.e2e.playing import RESIGN, begin, both_move

GRACE = 2.5  # seconds


@pytest.fixture(scope="module", autouse=True)
def short_grace(running_stack):
    """A session service with a short grace."""
    with running_stack.given("sessions", GRACE=GRACE):
        yield


def look_elsewhere(person):
    """Stay on another page for longer than the grace."""
    person.page.get_by_role("link", name="Leaderboard").click()
    expect(person.page.get_by_role("heading", name="Leaderboard")).to_be_visible()
    person.page.wait_for_timeout(GRACE * 2000)


def test_player_on_another_page_is_still_connected(playing):
    first, second = playing
    first.move("b2b3")
    second.says("Your turn")
    second.move("b4b3")
    first.says("Your turn")
    second.page.evaluate("() => { window.loaded_once = true; }")
    look_elsewhere(second)
    expect(first.page.get_by_role("img", name="not connected")).to_have_count(0)
    expect(strip(second)).to_contain_text(f"Dobutsu shogi against {first.login}.")
    expect(strip(second)).to_contain_text(f"{first.login} is to move")
    first.move("a1b2")
    expect(strip(second)).to_contain_text("Your turn")
    first.button("Offer draw").click()
    expect(strip(second)).to_contain_text(f"{first.login} offers a draw.")
    expect(second.page).to_have_title("● Leaderboard: Dobutsu shogi · Arbiter")
    strip(second).get_by_role("link", name="Back to the board").click()
    second.says("Your turn")
    expect(strip(second)).to_have_count(0)
    second.move("b3a3")
    first.says("Your turn")
    assert second.page.evaluate("() => window.loaded_once")


def test_end_of_a_game_is_announced_on_any_page(playing):
    first, second = playing
    look_elsewhere(second)
    first.button("Abort").click()
    text = f"Your game against {first.login} is over. The game was aborted"
    expect(second.page.get_by_text(text).first).to_be_visible()
    expect(strip(second)).to_have_count(0)
    second.button("Back to the board").click()
    second.says("The game was aborted")


def test_player_who_logs_out_has_left(playing):
    first, second = playing
    second.page.get_by_role("link", name="Leaderboard").click()
    expect(strip(second)).to_be_visible()
    second.button("Log out").click()
    expect(strip(second)).to_have_count(0)
    first.says("The game was aborted")


def test_changing_the_language_keeps_the_connection(person):
    sent = []
    one, other = person(), person()
    one.page.on("websocket", lambda socket: socket.on(
        "framesent", lambda frame: sent.append(json.loads(frame)["method"])
    ))
    first, second = meet(one.arrive(), other.arrive())
    first.move("b2b3")
    second.says("Your turn")
    second.move("a4a3")
    first.says("Your turn")
    expect(one.button("1… Ga3")).to_be_visible()
    sent.clear()
    one.button("Русский").click()
    one.says("Ваш ход" if one is first else f"Ходит {other.login}")
    one.button("English").click()
    one.says("Your turn" if one is first else f"{other.login} is to move")
    expect(one.button("1… Ga3")).to_be_visible()
    assert [each for each in sent if each.startswith("sessions.")] == []


def test_premove_is_made_on_any_page(playing):
    first, second = playing
    second.move("a4a3")
    expect(second.page.locator(".square.premove")).to_have_count(2)
    second.page.get_by_role("link", name="Leaderboard").click()
    first.move("c1c2")
    first.says("Your turn")
    expect(first.button("1… Ga3")).to_be_visible()


def test_another_game_does_not_interrupt_the_one_played(playing, person):
    first, second = playing
    host = person().arrive()
    second.page.get_by_role("link", name="Arbiter").click()
    second.button("Create room").click()
    second.page.go_back()
    second.says("is to move")
    row = listed(host, "Open rooms", second.login)
    row.get_by_role("button", name="Join").click()
    expect(strip(second)).to_contain_text(f"Dobutsu shogi against {host.login}. Your turn")
    second.says(f"{first.login} is to move")
    strip(second).get_by_role("link", name="Back to the board").click()
    second.says("Your turn")
    expect(strip(second)).to_contain_text(f"Dobutsu shogi against {first.login}.")


def test_offer_to_take_back_is_told_on_any_page(person, two_players):
    one, other = two_players
    session_id = begin(one, other, rated=False)
    both_move(one, other, session_id)
    here = person().open().known_as(one).log_in().open(f"/#/game/{session_id}")
    here.says("Your turn")
    look_elsewhere(here)
    other.command(session_id, {"type": "offer_takeback"})
    expect(strip(here)).to_contain_text(f"{other.login} asks to take back a move.")


def test_rematch_is_offered_on_any_page(person, two_players):
    one, other = two_players
    session_id = begin(one, other, clock={"days": 1})
    both_move(one, other, session_id)
    here = person().open().known_as(one).log_in()
    one.command(session_id, RESIGN)
    other.wait_for("session.ended")
    other.call("sessions.rematch", session_id=session_id)
    notice = here.page.locator("#notices")
    expect(notice).to_contain_text(f"{other.login} asks for a rematch.")
    notice.get_by_role("button", name="Back to the board").click()
    here.button("Rematch").click()
    here.says(f"{other.login} is to move")
