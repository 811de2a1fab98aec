"""Makes the pictures of docs/screenshots: `python -m tests.browser.publish`."""

import shutil
import sys

from tests.__main__ import main
from tests.browser.people import ROOT, SHOTS

PUBLISHED = (
    "first-desktop-light", "lobby-desktop-dark", "private-room-phone-light", "drop-desktop-light",
    "game-phone-dark", "result-desktop-light", "chess-desktop-light", "battleship-desktop-light",
    "intersections-desktop-light", "columns-phone-dark", "hexagons-desktop-light",
    "cards-phone-light",
    "game-russian", "leaderboard-desktop-dark", "profile-chart-desktop-light",
)
FOLDER = ROOT / "docs" / "screenshots"


def publish() -> int:
    """Run the tests of all pages, and keep the pictures that the documentation shows."""
    names = ("pages", "players", "drawing")
    status = main([*(f"tests/browser/test_{name}.py" for name in names), "-q"])
    if status == 0:
        FOLDER.mkdir(exist_ok=True)
        for name in PUBLISHED:
            shutil.copyfile(SHOTS / f"{name}.png", FOLDER / f"{name}.png")
    return status


if __name__ == "__main__":
    sys.exit(publish())
