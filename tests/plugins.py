"""Installs games in a folder, as pip would: what services that are given it by PYTHONPATH find."""

import shutil
from pathlib import Path

from tests.docs.pages import ROOT

EXAMPLES = ROOT / "docs" / "examples"
# The examples of the documentation: the game that each module or package has.
GAMES = {
    "connect_four": "ConnectFour", "crazy_eights": "CrazyEights", "go9": "Go9",
    "goofspiel": "Goofspiel", "hex": "Hex", "liars_dice": "LiarsDice", "pig": "Pig",
    "tictactoe": "TicTacToe",
}


def install(folder: Path, *names: str) -> Path:
    """Install examples of the documentation, and return the folder."""
    for name in names:
        drawing = None
        if (EXAMPLES / name).is_dir():
            shutil.copytree(
                EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
            drawing = f"{name}.drawing"
        else:
            shutil.copy(EXAMPLES / f"{name}.py", folder)
        register(folder, name, f"{name}:{GAMES[name]}", drawing)
    return folder


def install_text(folder: Path, value: str, text: str) -> Path:
    """Install a game whose module has this text in a new folder, and return the folder."""
    name = value.partition(":")[0]
    folder.mkdir()
    (folder / f"{name}.py").write_text(text)
    register(folder, name, value)
    return folder


def register(folder: Path, name: str, value: str, drawing: str | None = None) -> None:
    """Enter the game that a module in this folder has, and its drawing."""
    metadata = folder / f"arbiter_{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Name: arbiter-{name}\nVersion: 1.0\n")
    entries = f"[game_plugins]\n{name} = {value}\n"
    if drawing:
        entries += f"[game_drawings]\n{name} = {drawing}\n"
    (metadata / "entry_points.txt").write_text(entries)
