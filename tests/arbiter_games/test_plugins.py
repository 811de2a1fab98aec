"""Which games are offered, and which plug-ins are refused at start."""

import importlib.metadata
import random
import sys
from importlib.metadata import EntryPoint
from importlib.util import find_spec

import pytest

import arbiter_games
from arbiter_games.dobutsu import Dobutsu
from arbiter_games.plugins import GamePluginError, load_former, load_games

MODULE = __name__
OWN = ["dobutsu", "battleship"]


class Nim(Dobutsu):
    name = "nim"
    title = "Nim"


class OtherNim(Nim):
    pass


class LaterNim(Nim):
    version = 2


class Versionless(Nim):
    version = 0


class Tafl(Nim):
    name = "tafl"


class OtherDobutsu(Dobutsu):
    pass


class Unfinished(arbiter_games.Game):
    name = "unfinished"
    title = "Unfinished"


class Nameless(Nim):
    name = None


class Untitled(Nim):
    title = None


class Broken(Nim):
    def __init__(self):
        raise RuntimeError("out of order")


not_a_game = object()


@pytest.fixture
def install(monkeypatch, tmp_path):
    """Return a function that installs a distribution; no other one is installed."""

    def install(value, distribution="some-games", group="game_plugins"):
        folder = tmp_path / f"{distribution}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {distribution}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[{group}]\nany = {value}\n")

    def entry_points(group):
        distributions = importlib.metadata.distributions(path=[str(tmp_path)])
        return [e for found in distributions for e in found.entry_points if e.group == group]

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    for library in ("chess", "pyffish"):
        monkeypatch.setitem(sys.modules, library, None)
    return install


def refusal():
    with pytest.raises(GamePluginError) as caught:
        load_games()
    return str(caught.value)


def test_the_built_in_games_are_there(install):
    loaded = load_games()
    assert list(loaded) == OWN
    assert isinstance(loaded["dobutsu"], Dobutsu)


def test_chess_and_the_variants_come_with_their_libraries(install, monkeypatch):
    monkeypatch.undo()
    games = list(load_games())
    assert games[:3] == [*OWN, "chess"]
    some = {"shogi", "xiangqi", "crazyhouse"} if find_spec("pyffish") else set()
    assert some <= set(games[3:])


def test_chess_alone_plays_the_variants_that_it_knows(install, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "pyffish", None)
    games = load_games()
    assert {"crazyhouse", "atomic", "fischerandom"} <= set(games)
    assert not {"shogi", "xiangqi"} & set(games)
    for name in list(games)[3:]:
        game, rng = games[name], random.Random(name)
        state = game.setup(2, {}, rng)
        for _ in range(10):
            move = rng.choice(game.legal_moves(state, state["turn"]))
            assert game.notation(state, state["turn"], move)
            state = game.apply(state, state["turn"], move)


def test_plugins_come_in_one_order_whatever_the_order_on_disk(install):
    install(f"{MODULE}:Tafl", "a-games")
    install(f"{MODULE}:Nim", "b-games")
    assert list(load_games()) == [*OWN, "nim", "tafl"]


def test_a_plugin_is_found_after_the_built_in_games(install):
    install(f"{MODULE}:Nim")
    assert list(load_games()) == [*OWN, "nim"]
    assert isinstance(load_games()["nim"], Nim)


def test_entry_points_of_other_groups_are_ignored(install):
    install("no.such.module:Game", group="console_scripts")
    assert list(load_games()) == OWN


def test_two_plugins_of_one_name_are_refused(install):
    install(f"{MODULE}:Nim", "nim-games")
    install(f"{MODULE}:OtherNim", "more-games")
    assert refusal() == (
        f"plug-in '{MODULE}:OtherNim' (distribution more-games) offers the game 'nim', "
        f"which plug-in '{MODULE}:Nim' (distribution nim-games) offers too."
    )


def test_a_plugin_with_the_name_of_a_built_in_game_is_refused(install):
    install(f"{MODULE}:OtherDobutsu")
    assert refusal() == (
        f"plug-in '{MODULE}:OtherDobutsu' (distribution some-games) offers the game 'dobutsu', "
        "which the server itself offers too."
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no.such.module:Game", "ModuleNotFoundError: No module named 'no'"),
        (f"{MODULE}:NoSuchGame", "AttributeError: "),
        (f"{MODULE}:not_a_game", "TypeError: <object object at "),
        ("builtins:dict", "TypeError: <class 'dict'> is not a Game class"),
        (f"{MODULE}:Unfinished", "TypeError: Can't instantiate abstract class Unfinished"),
        (f"{MODULE}:Nameless", "TypeError: Nameless has no name"),
        (f"{MODULE}:Untitled", "TypeError: Untitled has no title"),
        (f"{MODULE}:Versionless", "TypeError: Versionless.version is 0, and no number from 1 on"),
        (f"{MODULE}:Broken", "RuntimeError: out of order"),
    ],
)
def test_an_unusable_plugin_is_refused(install, value, reason):
    install(value)
    expected = f"plug-in '{value}' (distribution some-games) can't be loaded: {reason}"
    assert refusal().startswith(expected)


def test_the_refusal_keeps_its_cause(install):
    install("no.such.module:Game")
    with pytest.raises(GamePluginError) as caught:
        load_games()
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_an_entry_point_may_have_no_distribution(monkeypatch):
    entry_point = EntryPoint(name="any", value="no.such.module:Game", group="game_plugins")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [entry_point])
    assert "(distribution unknown)" in refusal()


def test_former_rules_are_found_beside_the_present_ones(install):
    install(f"{MODULE}:LaterNim")
    install(f"{MODULE}:Nim", "old-games", "former_game_plugins")
    install(f"{MODULE}:Tafl", "dropped-games", "former_game_plugins")
    games = load_games()
    assert games["nim"].version == 2
    assert load_former(games).keys() == {("nim", 1), ("tafl", 1)}


@pytest.mark.parametrize("second", ["LaterNim", "OtherNim"], ids=["not_older", "offered_twice"])
def test_former_rules_that_contradict_others_are_refused(install, second):
    install(f"{MODULE}:LaterNim")
    install(f"{MODULE}:Nim", "a-games", "former_game_plugins")
    install(f"{MODULE}:{second}", "b-games", "former_game_plugins")
    with pytest.raises(GamePluginError, match="offered twice, or is not older"):
        load_former(load_games())
