"""What the page is told of a position: what each viewer sees of it, and what is kept from them."""

from typing import Any

from arbiter_games.contract import State
from workbench.table import Table

MAX_PATHS = 200
Path = tuple[str | int, ...]


def described(table: Table) -> dict[str, Any]:
    """Return the position, and by viewer (None: a spectator) the view, moves and hidden paths."""
    game, state = table.game, table.state
    revealed = game.reveal(state)
    viewers = []
    for viewer in (None, *range(table.script.players)):
        view = game.view(state, viewer)
        viewers.append({
            "seat": viewer, "view": view, "hidden": hidden(revealed, view),
            "legal": [] if viewer is None else game.legal_moves(state, viewer),
            "claims": [] if viewer is None else game.claims(state, viewer),
        })
    return {
        "state": state, "to_move": table.to_move, "outcome": table.outcome(),
        "staying": table.staying, "left": [*table.left],
        "viewers": viewers, "moves": table.script.moves, "options": table.options,
    }


def hidden(revealed: State, view: State) -> list[str]:
    """Return where a view lacks, or shows otherwise, what the game reveals at its end."""
    found = [written(path) for path, value in leaves(revealed) if at(view, path) != value]
    return found[:MAX_PATHS]


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """Return all values in a JSON value that have no parts, with the path to each."""
    parts: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    if not parts:
        return [(path, value)]
    return [leaf for key, part in parts for leaf in leaves(part, (*path, key))]


def at(value: Any, path: Path) -> Any:
    """Return what is at a path; an object that equals nothing where there is nothing."""
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return MISSING
    return value


def written(path: Path) -> str:
    """Return a path as in Python."""
    return "".join(f"[{key!r}]" for key in path)


MISSING = object()
