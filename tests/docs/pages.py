"""The pages of the documentation, and functions that read parts of them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [
    *(ROOT / f"{name}.md" for name in (
        "README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG", "SECURITY",
    )),
    *sorted((ROOT / "docs").glob("*.md")),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def read(name: str) -> str:
    """Return the text of a file, by its path in the checkout."""
    return (ROOT / name).read_text()


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language."""
    return [code for kind, code in BLOCK.findall(text) if kind == language]


def section(text: str, heading: str) -> str:
    """Return the text under a heading, up to the next one of its level or above."""
    level, _ = heading.split(" ", 1)
    _, _, rest = text.partition(f"\n{heading}\n")
    assert rest, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of all rows of the tables in a text, without the headers."""
    found = []
    for line in text.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if set("".join(cells)) <= set("-: "):
                found.pop()  # the row before was a header
            else:
                found.append(cells)
    return found


def codes(cell: str) -> list[str]:
    """Return the code spans of a cell."""
    return re.findall(r"`([^`]*)`", cell)
