"""A game of another package is found, listed and played once it is installed."""

import json
import re
import subprocess
import sys

import pytest

from arbiter_games.contract import chance_of
from docs.examples.pig import Pig
from tests.docs.pages import ROOT, blocks, read
from tests.stack import eventually
from tools.launch.polling import wait_while

PAGE = "docs/writing-a-game.md"
INSTALL = (
    "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
    "--disable-pip-version-check",
)


GAMES = {
    "tictactoe": ("TicTacToe", "tictactoe.py"), "pig": ("Pig", "pig.py"),
    "goofspiel": ("Goofspiel", "goofspiel/__init__.py"),
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which the games of the page for authors are installed, packaged as it shows."""
    packages, target = tmp_path_factory.mktemp("packages"), tmp_path_factory.mktemp("installed")
    (pyproject,) = blocks(read(PAGE), "toml")
    for name, (title, file) in GAMES.items():
        (packages / name).mkdir()
        (packages / name / f"{name}.py").write_text(read(f"docs/examples/{file}"))
        (packages / name / "pyproject.toml").write_text(
            pyproject.replace("TicTacToe", title).replace("tictactoe", name)
        )
    subprocess.run(
        [sys.executable, "-W", "ignore", *INSTALL, "--target", target,
         *(packages / name for name in GAMES)],
        cwd=ROOT, check=True,
    )
    return target


@pytest.fixture
def gathered(stack, installed):
    """Has players meet in a room for a game of the page, and connects them: the session's id."""
    with stack.given("sessions", PYTHONPATH=installed):
        def gather(game, players, **options):
            first, *others = players
            wait_while(lambda: None if listed(game, first) else "It is not listed.", 30)
            room = first.call("rooms.create", game=game, seats=len(players), options=options)
            for player in others:
                joined = player.call("rooms.join", room_id=room["room_id"])
            for player in players:
                player.connect(joined["session_id"])
            return joined["session_id"]

        yield gather


def replayed(export):
    """Return the state to which the text of a game with chance leads."""
    headers = dict(re.findall("^(.+?): (.*)$", export.partition("\n\n")[0], re.M))
    players, state = [headers[f"Player {seat}"] for seat in (1, 2, 3)], json.loads(headers["Setup"])
    for login, move, version in re.findall(r"^\d+\. (.+): (\w+) \(version (\d+)\)$", export, re.M):
        chance = chance_of(headers["Seed"], int(version))
        state = Pig().apply(state, players.index(login), move, chance)
    return state


def listed(game, player):
    return game in [each["name"] for each in player.call("server.info")["games"]]


def test_an_installed_game_is_listed_and_played_to_its_end(gathered, two_players):
    one, other = two_players
    session_id = gathered("tictactoe", two_players)
    for number, square in enumerate(["a1", "a2", "b1", "b2", "c1"]):
        two_players[number % 2].move(session_id, square)
    result = other.wait_for("session.ended")["result"]
    assert (result["winner"], result["reason"]) == (one.login, "three_in_a_row")


def test_three_play_with_a_die(gathered, player):
    players = [player() for _ in range(3)]
    session_id = gathered("pig", players, goal=10)
    watcher, by_login = player(), {each.login: each for each in players}
    while True:
        session = watcher.call("sessions.get", session_id=session_id)
        if session["status"] == "ended":
            break
        [login] = session["to_move"]
        by_login[login].move(session_id, "hold" if session["state"]["pot"] >= 5 else "roll")
    result = players[0].wait_for("session.ended")["result"]
    assert result["reason"] == "goal_reached"
    assert sorted(result["by_player"].values()) == [0, 0, 1]
    export = watcher.call("sessions.export", session_id=session_id)["text"]
    assert "Option goal: 10" in export
    assert replayed(export) == session["state"]


def test_three_bid_at_the_same_time_and_see_no_bid_too_early(gathered, player):
    players = [player() for _ in range(3)]
    session_id = gathered("goofspiel", players)
    one, two, three = players
    one.move(session_id, "bid 5")
    told = [moved(each) for each in players]
    assert [each["command"]["move"] for each in told] == ["bid 5", None, None]
    assert [each["state"]["bids"][0] for each in told] == [[5], [], []]
    assert told[0]["to_move"] == [two.login, three.login]
    one.refused("NotYourTurn", "sessions.execute", session_id=session_id,
                command={"type": "move", "move": "bid 4"}, command_id="again")
    two.move(session_id, "bid 4")
    three.move(session_id, "bid 4")
    last = one.wait_for("session.state_changed", lambda params: params["state"]["ply"] == 3)
    assert last["state"]["bids"] == [[5], [4], [4]]
    assert last["state"]["points"] == [last["state"]["cards"]["prizes"][0], 0, 0]


def test_players_leave_one_by_one_and_two_finish(gathered, player, stack):
    players = [player() for _ in range(5)]
    one, two, three, four, five = players
    session_id = gathered("pig", players, goal=10, clock={"initial": 5, "increment": 0})
    for each in players:
        each.move(session_id, "hold")
    one.execute(session_id, {"type": "resign"})
    assert left(five, one) == ("resignation", [two.login])
    one.drop()  # without harm
    gone = five.wait_for("session.player_disconnected")
    assert (gone["login"], gone["deadline"]) == (one.login, None)
    with stack.given("sessions", GRACE=1.5):  # started again, in the middle
        assert five.call("sessions.get", session_id=session_id)["out"] == [one.login]
        two.move(session_id, "hold")
        three.drop()
        assert left(five, three) == ("abandonment", [four.login])
        assert left(five, four) == ("timeout", [five.login])
        session = five.call("sessions.get", session_id=session_id)
        while session["status"] == "active":
            mover = two if session["to_move"] == [two.login] else five
            mover.move(session_id, "hold" if session["state"]["pot"] >= 3 else "roll")
            session = five.call("sessions.get", session_id=session_id)
    result = two.wait_for("session.ended")["result"]
    assert result["reason"] == "goal_reached"
    assert [result["places"][each.login] for each in (four, three, one)] == [3, 4, 5]
    assert {result["places"][each.login] for each in (two, five)} == {1, 2}
    assert result["scores"][result["winner"]] >= 10


def test_three_who_search_play_a_rated_game_and_two_again(gathered, player):
    players = [player() for _ in range(3)]
    wait_while(lambda: None if listed("pig", players[0]) else "It is not listed.", 30)
    players[0].refused("InvalidParams", "searcher.start", game="pig", seats=9)
    for each in players:
        each.call("searcher.start", game="pig", seats=3)
    found = [each.wait_for("searcher.opponent_found") for each in players]
    session_id = found[0]["session_id"]
    for each, told in zip(players, found, strict=True):
        assert told["session_id"] == session_id
        assert {each.login, *told["opponents"]} == {one.login for one in players}
        each.connect(session_id)
    for each in players[:2]:
        each.execute(session_id, {"type": "resign"})
    winner = players[2]
    assert winner.wait_for("session.ended")["result"]["places"][winner.login] == 1
    eventually(lambda: [rated(each, "pig") for each in players] == [{"3": 1}, {"2": 1}, {"1": 1}])
    players[0].call("sessions.disconnect", session_id=session_id)
    assert players[1].call("sessions.rematch", session_id=session_id) == {"status": "asked"}
    again = winner.call("sessions.rematch", session_id=session_id)["session_id"]
    seated = winner.call("sessions.get", session_id=again)["players"]
    assert sorted(seated) == sorted(each.login for each in players[1:])


def rated(player, game):
    """Return how often a player took each place in rated games."""
    ratings = player.call("accounts.get", login=player.login)["ratings"]
    return ratings[game]["places"] if game in ratings else None


def left(watcher, leaver):
    """Wait until a player has left; return the reason, and who is to move."""
    event = watcher.wait_for(
        "session.player_left", lambda params: params["login"] == leaver.login
    )
    return event["reason"], event["to_move"]


def moved(player):
    return player.wait_for("session.state_changed")
