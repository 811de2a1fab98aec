"""Writes the settings into config.yaml and into the table of docs/operations.md.

`python -m docs.generate` does so, from their one description in `extensions/settings`.
"""

import re
from pathlib import Path
from textwrap import wrap

from extensions.settings import types_by_name
from extensions.settings.types import SettingType

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config.yaml"
OPERATIONS = ROOT / "docs/operations.md"
CONFIG_BLOCK = re.compile(r"(# generated: settings\n).*?(\n# end)", re.DOTALL)
TABLE_BLOCK = re.compile(r"(<!-- generated: settings -->\n).*?(\n<!-- end -->)", re.DOTALL)
MAX_LINE_CHARACTERS = 100
# The settings that begin a part of config.yaml, and what it is called.
PARTS = {
    "AMQP_URI": "All processes",
    "DATA_DIR": "Databases",
    "TOKEN_SECRET": "auth",
    "GRACE": "sessions",
    "ROOM_TTL": "rooms",
    "SEARCH_WINDOW": "searcher",
    "HOST": "gateway",
    "BOTS_URL": "Computer opponents",
    "METRICS_PORT": "Metrics, traces and the log",
}


def configured(text: str) -> str:
    """Return config.yaml with its settings as they have to be."""
    rest = CONFIG_BLOCK.sub("", text)
    lines = [line for name, kind in types_by_name().items() for line in _lines(name, kind, rest)]
    return CONFIG_BLOCK.sub(lambda block: block[1] + "\n".join(lines) + block[2], text)


def tabulated(text: str) -> str:
    """Return docs/operations.md with its table of settings as it has to be."""
    rows = [_row(name, kind) for name, kind in types_by_name().items()]
    table = ["| setting | default | value | meaning |", "|---|---|---|---|", *rows]
    return TABLE_BLOCK.sub(lambda block: block[1] + "\n".join(table) + block[2], text)


def _lines(name: str, kind: SettingType, rest: str) -> list[str]:
    """Return the lines of a setting; it has an anchor where the rest of the file refers to it."""
    part = [f"## {PARTS[name]}", ""] if name in PARTS else []
    about = re.sub(r"`|\[|\]\(#.*?\)", "", kind.meaning + _sentence(kind))
    comment = [f"# {line}" for line in wrap(about, MAX_LINE_CHARACTERS - 2)]
    anchor = f"&{name} " if f"*{name}" in rest else ""
    variable = f"{name}:{kind.default}" if kind.default else name
    return [*part, *comment, f"{name}: {anchor}!raw_env_var ${{{variable}}}", ""]


def _sentence(kind: SettingType) -> str:
    """Return the form as a sentence that follows another. What is a choice stays as it is."""
    is_choice = kind.form == kind.allowed
    begin = kind.form[:1] if is_choice else kind.form[:1].upper()
    return f" {begin}{kind.form[1:]}." if kind.form else ""


def _row(name: str, kind: SettingType) -> str:
    default = f"`{kind.default}`" if kind.default else ""
    return f"| `{name}` | {default} | {kind.form} | {kind.meaning} |"
