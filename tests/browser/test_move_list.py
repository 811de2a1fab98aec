"""The list of moves: what it says, and stepping through a game by it."""

import re

import pytest
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
    written = ["1. e4", "e5", "2. Nf3", "Nc6", "3. Bb5"]
    expect(listed_moves(white)).to_have_text(written[:-1])
    expect(listed_moves(white).nth(3)).to_have_accessible_name("2… Nc6")
    white.move("f1b5")
    expect(listed_moves(white)).to_have_text(written)
    other.command(session_id, RESIGN)
    reader = person().open(f"/#/game/{session_id}")
    expect(listed_moves(reader)).to_have_text(written)
    reader.button("2. Nf3").click()
    expect(reader.square("f3")).to_have_accessible_name(re.compile("knight"))
    expect(reader.button("2. Nf3")).to_have_css("background-color", ACCENT)  # under the pointer too
    first, second = (reader.button(name).bounding_box() for name in ("2. Nf3", "2… Nc6"))
    assert first["y"] == second["y"] and first["x"] < second["x"]
    expect(reader.page.locator(".chart title").nth(3)).to_contain_text("2… Nc6: 0:0")


def test_moves_after_a_position_are_numbered_on(at_the_board, two_players):
    one, other = two_players
    *_, session_id = at_the_board("chess", ["e2e4", "e7e5", "g1f3"])
    other.command(session_id, RESIGN)
    history = other.call("sessions.history", session_id=session_id)["events"]
    moves = [each["version"] for each in history if each["type"] == "session.state_changed"]
    goes_on = {"session_id": session_id, "version": moves[-1]}
    white, *_ = at_the_board("chess", [], rated=False, **{"from": goes_on})
    other.move(white.page.url.rpartition("/")[2], "b8c6")
    white.move("f1b5")
    expect(listed_moves(white)).to_have_text(["2… Nc6", "3. Bb5"])
    black, after = (listed_moves(white).nth(index).bounding_box() for index in range(2))
    assert black["x"] > after["x"] and black["y"] < after["y"]


@pytest.mark.parametrize(("logins", "turns", "numbers"), [
    ("abab", [1, 0, 1, None], ["1", "1…", "2", "2…"]),
    ("aba", [1, 0, 1], ["1", "1…", "2"]),
    ("aab", [0, 1, 0], ["1", "2", "3"]),  # a seat has moved twice
    ("abab", [None, None, 0, 1], ["1", "2", "3", "4"]),  # both move at once
    ("abc", [1, 2, 0], ["1", "2", "3"]),
    ("", [], []),
], ids=str)
def test_moves_of_two_in_turn_are_counted_in_pairs(person, logins, turns, numbers):
    steps = [
        {"login": login, "state": {"turn": turn}, "number": number}
        for number, (login, turn) in enumerate(zip(logins, turns, strict=True), start=1)
    ]
    found = person().open().page.evaluate("""async ([steps, players]) => {
        const { numbersOf } = await import("/page/games/numbers.js");
        const numbers = numbersOf(steps, players, 0);
        return numbers.map(({ number, second }) => number + (second ? "…" : ""));
    }""", [steps, max(len({*logins}), 2)])
    assert found == numbers


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
