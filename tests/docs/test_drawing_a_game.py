"""The page about drawing: its examples are those that are there, and its package has all files."""

import importlib
import random
import re
import subprocess
import sys

import pytest

from arbiter_games.drawings import DRAWING_GROUP, read_drawing
from arbiter_games.testing import assert_game_conforms
from docs.examples.connect_four import ConnectFour
from docs.examples.crazy_eights import DECK, CrazyEights
from docs.examples.go9 import Go9
from docs.examples.hex import Hex
from docs.examples.liars_dice import FACES, LiarsDice
from tests.arbiter_games.hosting import in_session_service  # noqa: F401
from tests.docs.pages import ROOT, blocks, read, section
from tests.plugins import EXAMPLES, GAMES
from workbench.table import RANDOM, Script, Table, chosen_move

# What the page draws, and the names that it does not show (web/games/state_values.js).
DRAWN, NOT_SHOWN = {"grid", "board"}, {"turn", "ply", "last_move", "cards", "seats"}
PAGE = read("docs/drawing-a-game.md")
AUTHORS = read("docs/writing-a-game.md")
INSTALL = (
    "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
    "--disable-pip-version-check",
)


@pytest.mark.usefixtures("in_session_service")
@pytest.mark.slow
@pytest.mark.parametrize("game", [ConnectFour, Go9, Hex])
def test_an_example_with_a_drawing_conforms(game):
    assert_game_conforms(game(), examples=2)


def other_dice(state, viewer, rng):
    """Return the state with other dice under the cups of others."""
    return {**state, "dice": [
        cup if seat == viewer else sorted(rng.choices(FACES, k=len(cup)))
        for seat, cup in enumerate(state["dice"])
    ]}


def other_cards(state, viewer, rng):
    """Return the state with other cards in the hands of others, and in the stack."""
    others = [hand for seat, hand in enumerate(state["hands"]) if seat != viewer]
    hidden = [*sum(others, []), *state["stack"]]
    rng.shuffle(hidden)
    hands = [
        hand if seat == viewer else sorted((hidden.pop() for _ in hand), key=DECK.index)
        for seat, hand in enumerate(state["hands"])
    ]
    return {**state, "hands": hands, "stack": hidden}


@pytest.mark.usefixtures("in_session_service")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("game", "lookalike"), [(LiarsDice, other_dice), (CrazyEights, other_cards)]
)
def test_an_example_with_secrets_conforms(game, lookalike):
    assert_game_conforms(game(), examples=2, lookalike=lookalike)


@pytest.mark.parametrize("name", [name for name in GAMES if (EXAMPLES / name).is_dir()])
def test_an_example_is_in_english_and_in_russian(name):
    words = read_drawing(EXAMPLES / name / "drawing").words
    game = getattr(importlib.import_module(f"docs.examples.{name}"), GAMES[name])()
    assert set(words) == {"en", "ru"}
    used = {"title", *words["en"], *parts(texts_of(game) - set(words["ru"]))}
    assert used <= set(words["ru"])


def texts_of(game):
    """Return the texts that a game uses in views, moves, options and ends."""
    found = set(game.Options.model_fields)
    for seed in range(4):
        table = Table(game, Script(game.max_players, seed=seed))
        while table.to_move:
            seat = table.to_move[-1]
            legal = game.legal_moves(table.state, seat)
            shown = {name: each for name, each in game.view(table.state, seat).items()
                     if name not in DRAWN}
            found |= set(texts((legal, shown)))
            table.play(seat, chosen_move(table, seat, RANDOM, random.Random(len(table.states))))
        found.add(table.outcome()["reason"])
    return found - NOT_SHOWN


def parts(found):
    """Return the words of texts; cards, squares and numbers are none."""
    return {word for text in found for word in text.split() if re.fullmatch("[a-z_]{2,}", word)}


def texts(value):
    """Yield the texts in a JSON value, and the names of its values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value:
            yield from texts(each)
        if isinstance(value, dict):
            yield from texts([*value.values()])


def test_the_shown_description_is_that_of_the_example():
    assert blocks(section(PAGE, "## Files of one's own"), "json") == [
        read("docs/examples/go9/drawing/drawing.json")
    ]


def test_the_shown_package_has_its_drawing(tmp_path):
    (head,) = blocks(AUTHORS, "toml")
    build, _, _ = head.replace("tictactoe", "connect-four").partition("\n[project.entry-points")
    (tables,) = blocks(PAGE, "toml")
    package, target = tmp_path / "package", tmp_path / "site"
    package.mkdir()
    (package / "pyproject.toml").write_text(f"{build}\n{tables}")
    (package / "connect_four").symlink_to(EXAMPLES / "connect_four")
    subprocess.run(
        [sys.executable, "-W", "ignore", *INSTALL, "--target", target, package],
        cwd=ROOT, check=True,
    )
    assert read_drawing(target / "connect_four" / "drawing").words["ru"]["title"]
    [metadata] = target.glob("*.dist-info")
    assert f"[{DRAWING_GROUP}]" in (metadata / "entry_points.txt").read_text()
