"""Draws docs/packages.svg, the packages and who imports whom, from the sources' own imports.

`python -m docs.generate` writes it. An arrow points from the package that imports to the one that
is imported. It is dashed where only `events` and `exceptions` are imported, which is all that a
service publishes of itself.
"""

import ast
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = Path(__file__).with_name("packages.svg")

# Rows of the picture, from who imports to who is imported. A test holds them against the imports.
ROWS = (
    ("workbench",),
    ("bots",),
    ("tools",),
    ("gateway",),
    ("private_rooms", "searcher"),
    ("rooms", "accounts", "auth"),
    ("sessions",),
    ("arbiter_games", "client"),
    ("extensions",),
)
SHARED = "extensions"  # imported by almost all: said in words, as arrows would hide the others
PUBLISHED = ("events", "exceptions")

WIDTH, ROW_HEIGHT, MARGIN, BOX_HEIGHT, BOX_WIDTH = 940, 130, 24, 84, 280
WIDE = ("workbench", "bots", "tools", "gateway", "sessions", "arbiter_games", SHARED)
STYLE = """
    text { font: 13px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #1d211f; }
    .name { font-size: 15px; font-weight: 600; }
    .quiet { fill: #565d58; }
    .page { fill: #fbf9f4; }
    .box { fill: #e6f1ea; stroke: #1c5f43; stroke-width: 1.5; }
    .arrow { stroke: #1c5f43; stroke-width: 1.5; fill: none; opacity: .75; }
    .published { stroke-dasharray: 5 4; }
    .head { fill: #1c5f43; }
    @media (prefers-color-scheme: dark) {
      text { fill: #ecebe6; }
      .quiet { fill: #b3b9b4; }
      .page { fill: #141715; }
      .box { fill: #183327; stroke: #86d3ab; }
      .arrow { stroke: #86d3ab; }
      .head { fill: #86d3ab; }
    }
  """


Edges = dict[tuple[str, str], bool]


def edges() -> Edges:
    """Return who imports whom; True where something else than what is published is imported."""
    names = {name for row in ROWS for name in row}
    found: Edges = {}
    for package in names:
        for path in (ROOT / package).rglob("*.py"):
            for module in _imported(ast.parse(path.read_text())):
                target = module[0]
                if target in names and target != package:
                    deep = not (len(module) > 1 and module[1] in PUBLISHED)
                    found[package, target] = found.get((package, target), False) or deep
    return found


def against_the_rows() -> list[tuple[str, str]]:
    """Return the imports that go up the picture or along a row, but for what is published."""
    level = {name: number for number, row in enumerate(ROWS) for name in row}
    return sorted(
        (importer, imported) for (importer, imported), deep in edges().items()
        if deep and level[importer] >= level[imported]
    )


def picture() -> str:
    """Return the picture, as SVG."""
    boxes, found = _places(), edges()
    height = len(ROWS) * ROW_HEIGHT + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="title about">',
        '  <title id="title">The packages, and who imports whom</title>',
        f'  <desc id="about">{_in_words(found)}</desc>',
        f"  <style>{STYLE}</style>",
        '  <defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="head" d="M0 0l10 5-10 5z"/></marker></defs>',
        f'  <rect class="page" width="{WIDTH}" height="{height}" rx="12"/>',
    ]
    parts += [
        _arrow(boxes[importer], boxes[imported], deep)
        for (importer, imported), deep in sorted(found.items()) if imported != SHARED
    ]
    parts += [_box(name, *boxes[name], found) for name in sorted(boxes)]
    return "\n".join([*parts, "</svg>", ""])


def _imported(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            module = tuple(node.module.split("."))
            yield from ((*module, alias.name) for alias in node.names)


def _places() -> dict[str, tuple[int, int, int]]:
    """Return the left, top and width of each package's box."""
    places = {}
    for number, row in enumerate(ROWS):
        widths = [BOX_WIDTH * 2 if name in WIDE else BOX_WIDTH for name in row]
        gap = (WIDTH - sum(widths)) // (len(row) + 1)
        left = gap
        for name, width in zip(row, widths, strict=True):
            places[name] = left, MARGIN + number * ROW_HEIGHT, width
            left += width + gap
    return places


def _box(name: str, left: int, top: int, width: int, found: Edges) -> str:
    inside = sorted(
        path.name for path in (ROOT / name).iterdir()
        if path.is_dir() and path.joinpath("__init__.py").exists()
    )
    about = _wrapped(_about(name), width // 8 + 4)
    lines = [f'    <text class="name" x="{left + 12}" y="{top + 22}">{name}</text>']
    if name == SHARED:
        about = [*about[:1], f"Imported by {_importers(found)}."]
    texts = [*about[:2], " \u00b7 ".join(inside)] if inside else about[:3]
    for number, text in enumerate(texts, start=1):
        place = f'x="{left + 12}" y="{top + 22 + 17 * number}"'
        lines.append(f'    <text class="quiet" {place}>{escape(text)}</text>')
    size = f'width="{width}" height="{BOX_HEIGHT}"'
    box = f'    <rect class="box" x="{left}" y="{top}" {size} rx="8"/>'
    return "\n".join(["  <g>", box, *lines, "  </g>"])


def _importers(found: Edges) -> str:
    importers = {importer for importer, imported in found if imported == SHARED}
    others = [name for row in ROWS for name in row if name not in {*importers, SHARED}]
    return f"every package but {', '.join(others)}" if others else "every package"


def _about(name: str) -> str:
    """Return the first sentence of a package's docstring."""
    text = ast.get_docstring(ast.parse((ROOT / name / "__init__.py").read_text())) or ""
    return re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0]


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _arrow(start: tuple[int, int, int], end: tuple[int, int, int], deep: bool) -> str:
    (left, top, width), (other_left, other_top, other_width) = start, end
    middle, other_middle = left + width // 2, other_left + other_width // 2
    # Arrows leave and arrive a little apart where the boxes stand askew.
    shift = max(min((other_middle - middle) // 5, width // 3), -width // 3)
    down = other_top > top
    x1, y1 = middle + shift, top + (BOX_HEIGHT if down else 0)
    x2 = max(min(other_middle - shift, other_left + other_width - 12), other_left + 12)
    y2 = other_top + (0 if down else BOX_HEIGHT)
    half = (y1 + y2) // 2
    kind = "arrow" if deep else "arrow published"
    return (
        f'  <path class="{kind}" d="M{x1} {y1}C{x1} {half} {x2} {half} {x2} {y2}" '
        'marker-end="url(#head)"/>'
    )


def _in_words(found: Edges) -> str:
    sentences = []
    for row in ROWS:
        for name in row:
            targets = sorted(target for importer, target in found if importer == name)
            if targets:
                sentences.append(f"{name} imports {', '.join(targets)}.")
    return " ".join(sentences)
