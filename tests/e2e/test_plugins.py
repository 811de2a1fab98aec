"""A game of another package: found where it is installed, listed and played."""

import subprocess
import sys

import pytest

from launch.waiting import wait_until
from tests.docs.pages import ROOT, blocks, read

PAGE = "docs/writing-a-game.md"
INSTALL = (
    "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
    "--disable-pip-version-check",
)


@pytest.fixture
def installed(tmp_path):
    """A folder into which the package that the page for authors shows has been installed."""
    package, target = tmp_path / "tictactoe", tmp_path / "installed"
    package.mkdir()
    (package / "tictactoe.py").write_text(read("docs/examples/tictactoe.py"))
    (package / "pyproject.toml").write_text(*blocks(read(PAGE), "toml"))
    subprocess.run(
        [sys.executable, "-W", "ignore", *INSTALL, "--target", target, package],
        cwd=ROOT, check=True,
    )
    return target


def titles(player):
    return [game["title"] for game in player.call("server.info")["games"]]


def test_an_installed_game_is_listed_and_played_to_its_end(installed, stack, two_players):
    one, other = two_players
    one.refused("GameNotFound", "rooms.create", game="tictactoe")
    with stack.given("sessions", PYTHONPATH=installed):
        room = one.call("rooms.create", game="tictactoe")
        wait_until(lambda: None if "Tic-tac-toe" in titles(one) else "It is not listed.", 10)
        session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
        for player in two_players:
            player.connect(session_id)
        for number, square in enumerate(["a1", "a2", "b1", "b2", "c1"]):
            two_players[number % 2].move(session_id, square)
        result = other.wait_for("session.ended")["result"]
        assert (result["winner"], result["reason"]) == (one.login, "three_in_a_row")
