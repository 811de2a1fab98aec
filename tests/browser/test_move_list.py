"""The list of moves: what it says, and stepping through a game by it."""

import re

from playwright.sync_api import expect

from tests.browser.test_games import FLEET
from tests.browser.test_searching import Line
from tests.e2e.playing import RESIGN, begin, both_move

ACCENT = "rgb(28, 107, 74)"


def listed_moves(person):
    return person.page.get_by_role("list", name="Moves").get_by_role("button")


def test_moves_are_listed_as_people_write_them(at_the_board, person):
    """While the game goes on, and for whoever steps through it afterwards."""
    white, other, session_id = at_the_board("chess", ["e2e4", "e7e5", "g1f3", "b8c6"])
    written = ["1. e4", "2. e5", "3. Nf3", "4. Nc6", "5. Bb5"]
    expect(listed_moves(white)).to_have_text(written[:-1])
    white.move("f1b5")
    expect(listed_moves(white)).to_have_text(written)
    other.command(session_id, RESIGN)
    reader = person().open(f"/#/game/{session_id}")
    expect(listed_moves(reader)).to_have_text(written)
    reader.button("3. Nf3").click()
    expect(reader.square("f3")).to_have_accessible_name(re.compile("knight"))
    expect(reader.button("3. Nf3")).to_have_css("background-color", ACCENT)  # under the pointer too


def test_moves_that_are_written_as_made_are_listed_so(at_the_board):
    placed = [f"{ship}@a{rank}h" for rank, ship in enumerate(FLEET, start=1) for _ in range(2)]
    one, *_ = at_the_board("battleship", placed)
    expect(listed_moves(one).nth(0)).to_have_text("1. carrier@a1h")
    expect(listed_moves(one).nth(1)).to_have_text("2. hidden")


def test_move_list_keeps_its_scroll_position(at_the_board):
    placed = [f"{ship}@a{rank}h" for rank, ship in enumerate(FLEET, start=1) for _ in range(2)]
    shots = [f"{file}{rank}" for file in "fghij" for rank in range(1, 8) for _ in range(2)]
    one, other, session_id = at_the_board("battleship", [*placed, *shots])
    one.says("Your turn")
    moves = one.page.get_by_role("list", name="Moves")
    assert moves.evaluate("(list) => list.scrollTop") > 0
    moves.evaluate("(list) => { list.scrollTop = 0; }")
    other.command(session_id, {"type": "offer_draw"})
    expect(one.button("Accept draw")).to_be_visible()
    assert moves.evaluate("(list) => list.scrollTop") == 0
    one.button("Previous position").click()
    assert moves.evaluate("(list) => list.scrollTop") > 0


def test_game_is_stepped_back_to_its_start(person, two_players):
    """Also before its start has been read: until then the earliest known position is shown."""
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    watcher = person()
    line = Line(watcher)
    line.holds = "sessions.initial_state"
    watcher.open(f"/#/game/{session_id}")
    watcher.button("First position").click()
    expect(watcher.button(f"b3, {one.login}'s chick")).to_be_visible()
    line.let_through()
    expect(watcher.button(f"b2, {one.login}'s chick")).to_be_visible()
    watcher.button("Next position").click()
    expect(watcher.button(f"b3, {one.login}'s chick")).to_be_visible()
    watcher.button("Back to the game").click()
    expect(watcher.button(f"b3, {other.login}'s lion")).to_be_visible()
