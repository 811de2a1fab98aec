"""From `make run` to the first moves, by whoever comes without an account."""

import time

import pytest
from playwright.sync_api import expect

from tests.tools.launch.run import WHOLE, Run

BOTS_TIMEOUT_MS = 90_000  # a few seconds on a quiet machine


@pytest.fixture
def run(tmp_path):
    """`make run` as it is, which says that it is up."""
    run = Run(tmp_path / "var", WHOLE)
    try:
        run.await_line("Arbiter is up")
        yield run
    finally:
        run.end()


@pytest.fixture
def base(run):
    return f"http://localhost:{run.port}"


def test_newcomer_is_in_a_game_soon_after_make_run_is_up(run, person):
    up = time.monotonic()
    one = person().open()
    one.button("Play as a guest").click()
    one.field("Who begins").select_option("first")
    one.button("Play the computer").click(timeout=BOTS_TIMEOUT_MS)
    pressed = time.monotonic()
    expect(one.square("b2")).to_be_visible()
    begun = time.monotonic()
    one.move("b2b3")
    one.says("Your turn")
    expect(one.page.get_by_role("list", name="Moves").get_by_role("button")).to_have_count(2)
    print(f"In a game {begun - up:.1f} s after it is up, {begun - pressed:.1f} s after the press.")
