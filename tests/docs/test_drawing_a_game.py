"""The page about drawing: its examples are those that are there, and its package has all files."""

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
from tests.plugins import EXAMPLES

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


@pytest.mark.parametrize("game", [CrazyEights, LiarsDice])
def test_a_drawing_of_words_alone_is_right(game):
    folder = EXAMPLES / game.name / "drawing"
    assert {"en", "ru"} == set(read_drawing(folder).words)


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
