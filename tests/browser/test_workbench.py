"""The page of `arbiter games play`, in Chromium."""

import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import AXE
from tools.launch.ports import free_ports
from workbench import scaffold

HEXAGONS = """
from docs.examples.tictactoe import TicTacToe

CELLS = "b1 c1 a2 b2 c2 a3 b3".split()

class Seven(TicTacToe):
    def legal_moves(self, state, player):
        return [each for each in super().legal_moves(state, player) if each in CELLS]

    def view(self, state, player):
        grid = {"files": 3, "ranks": 3, "style": "hexagons", "squares": CELLS}
        return {**super().view(state, player), "grid": grid}
"""
MAX_RELOAD_MS = 10_000  # far less on a quiet machine, where it is within a second


@contextmanager
def playing(chromium, target):
    """Open the page of a game; an error in the browser fails the test."""
    [port] = free_ports(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "play", str(target), "--port", str(port)],
        stdout=subprocess.PIPE, text=True,
    )
    try:
        assert "Play at" in process.stdout.readline()
        page = chromium.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.goto(f"http://localhost:{port}/")
        page.wait_for_selector("text=Seat 0 to move.")
        yield page
        page.close()
        assert errors == []
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture
def folder(tmp_path):
    """A new game."""
    return scaffold.create("take_some", tmp_path)


@pytest.fixture
def page(chromium, folder):
    """The page of the new game."""
    with playing(chromium, folder) as page:
        yield page


def test_an_author_plays_both_seats_and_changes_the_code(page, folder):
    seat = page.locator(".viewer").nth(1)
    assert "12" in seat.locator(".drawn dl", has_text="Counters").inner_text()
    seat.locator(".drawn").get_by_role("button", name="3").click()
    page.wait_for_selector("text=Seat 1 to move.")
    page.get_by_role("combobox", name="Who plays Seat 1").select_option("random")
    page.wait_for_selector("text=Seat 0 to move.")
    source = folder / "take_some" / "__init__.py"
    source.write_text(source.read_text().replace('title = "Take some"', 'title = "Take more"'))
    page.wait_for_selector("h1:has-text('Take more')", timeout=MAX_RELOAD_MS)
    assert page.locator("#moves li").count() == 2
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector("text=Seat 1 to move.")
    page.evaluate(AXE.read_text())
    assert page.evaluate("() => axe.run()")["violations"] == []


def test_options_are_chosen_in_a_form_that_follows_the_code(page, folder):
    counters = page.locator(".viewer").nth(1).locator(".drawn dl", has_text="Counters")
    page.get_by_label("Counters").select_option("21")
    page.get_by_role("button", name="New game").click()
    expect(counters).to_contain_text("21")
    source = folder / "take_some" / "__init__.py"
    source.write_text(source.read_text().replace("Literal[12, 21]", "Literal[12, 30]"))
    expect(page.get_by_role("alert")).to_contain_text("does not accept", timeout=MAX_RELOAD_MS)
    page.get_by_label("Counters").select_option("30")
    page.get_by_role("button", name="New game").click()
    expect(counters).to_contain_text("30")


def test_a_drawing_is_shown_and_followed(chromium, tmp_path):
    shutil.copytree("docs/examples/connect_four", tmp_path / "connect_four")
    with playing(chromium, tmp_path / "connect_four" / "__init__.py") as page:
        page.locator(".viewer").nth(1).locator("[data-square=d6]").click()
        page.wait_for_selector("text=Seat 1 to move.")
        for viewer in page.locator(".viewer").all():  # nobody sees discs hang from the top
            disc, above = (viewer.locator(f"[data-square={square}]") for square in ("d1", "d2"))
            assert disc.bounding_box()["y"] > above.bounding_box()["y"]
        circle = page.locator(".disc circle").first
        assert circle.evaluate("circle => getComputedStyle(circle).fill") == "rgb(216, 52, 44)"
        for marked in ("section[aria-label='Seat 0'] header .by", "#moves li .by"):
            assert page.locator(marked).evaluate(
                "mark => getComputedStyle(mark).backgroundColor") == "rgb(216, 52, 44)"
        assert page.locator("section[aria-label='Spectator'] header .by").count() == 0
        drawing = tmp_path / "connect_four" / "drawing" / "drawing.json"
        drawing.write_text(drawing.read_text().replace("#d8342c", "#0000ff"))
        page.wait_for_function(
            "() => getComputedStyle(document.querySelector('.disc circle')).fill"
            " === 'rgb(0, 0, 255)'",
            timeout=MAX_RELOAD_MS,
        )


def test_arrow_keys_reach_all_hexagons(chromium, tmp_path):
    (tmp_path / "seven.py").write_text(HEXAGONS)
    with playing(chromium, tmp_path / "seven.py") as page:
        seat, at = page.locator(".viewer").nth(1), "() => document.activeElement.dataset.square"
        seat.locator("[data-square=b1]").focus()
        reached = []
        for key in ("Right", "Up", "Up", "Left", "Down", "Right", "Down"):
            page.keyboard.press(f"Arrow{key}")
            reached.append(page.evaluate(at))
        assert reached == ["c1", "c2", "b3", "a3", "a2", "b2", "b1"]
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Seat 1 to move.")
