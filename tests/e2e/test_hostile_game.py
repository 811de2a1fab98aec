"""A game whose code breaks the limits of the server costs nobody else a game."""

import shutil
from pathlib import Path

import pytest

from tests.e2e import playing
from tests.e2e.hostile import Hostile
from tools.launch.polling import wait_while

ENTRY_POINTS = "[game_plugins]\nhostile = hostile:Hostile\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the hostile game as pip would install it."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(Path(__file__).with_name("hostile.py"), folder)
    info = folder / "hostile-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    return folder


@pytest.fixture
def pairs(stack, installed, player):
    """Two pairs of players, where the hostile game is offered."""
    with stack.given("sessions", PYTHONPATH=installed, GAME_TIMEOUT=1):
        pairs = [(player(), player()), (player(), player())]
        wait_while(lambda: None if is_offered(pairs[0][0]) else "It is not listed.", 30)
        yield pairs


def begin(one, other, game):
    room = one.call("rooms.create", game=game)
    session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
    for player in (one, other):
        player.connect(session_id)
    return session_id


def is_offered(player):
    return Hostile.name in [each["name"] for each in player.call("server.info")["games"]]


def test_a_game_beside_a_hostile_one_goes_on(pairs, failures_logged):
    for attack in ("compute", "wait", "grow"):
        [(attacker, opponent), pair] = pairs
        hostile, dobutsu = begin(*pairs[0], Hostile.name), begin(*pair, "dobutsu")
        attacks = [
            attacker.ask("sessions.execute", session_id=hostile, command_id=f"{number}",
                         command={"type": "move", "move": attack})
            for number in range(8)
        ]
        playing.both_move(*pair, dobutsu)
        errors = [attacker.answer(each)["error"]["data"] for each in attacks]
        assert {each["type"] for each in errors} <= {"GameFailed", "GameSuspended"}, attack
        assert {each["game"] for each in errors} == {"hostile"}
        opponent.command(hostile, {"type": "resign"})
        ended = attacker.wait_for(
            "session.ended", lambda params, its=hostile: params["session_id"] == its
        )
        assert ended["result"]["winner"] == attacker.login
