"""The page of `arbiter games play`, in Chromium."""

import subprocess
import sys

import pytest

from tests.browser.test_pages import AXE
from tools.launch.ports import free_ports
from workbench import scaffold

MAX_RELOAD_MS = 10_000  # far less on a quiet machine, where it is within a second


@pytest.fixture
def folder(tmp_path):
    """A new game."""
    return scaffold.create("take_some", tmp_path)


@pytest.fixture
def page(chromium, folder):
    """The page of the game; an error in the browser fails the test."""
    [port] = free_ports(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "play", str(folder), "--port", str(port)],
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


def test_an_author_plays_both_seats_and_changes_the_code(page, folder):
    seat = page.locator(".viewer").nth(1)
    assert "12" in seat.locator(".drawn dl", has_text="Counters").inner_text()
    seat.locator(".drawn").get_by_role("button", name="3").click()
    page.wait_for_selector("text=Seat 1 to move.")
    page.get_by_role("combobox", name="Who plays Seat 1").select_option("random")
    page.wait_for_selector("text=Seat 0 to move.")
    source = folder / "take_some.py"
    source.write_text(source.read_text().replace('title = "Take some"', 'title = "Take more"'))
    page.wait_for_selector("h1:has-text('Take more')", timeout=MAX_RELOAD_MS)
    assert page.locator("#moves li").count() == 2
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector("text=Seat 1 to move.")
    page.evaluate(AXE.read_text())
    assert page.evaluate("() => axe.run()")["violations"] == []
