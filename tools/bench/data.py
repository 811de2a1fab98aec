"""The file that keeps everything that was measured, from which the pages are written."""

import json
import math
from pathlib import Path
from typing import Any

from tools.bench.goals import Measured

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
FILE = "performance.json"
SIGNIFICANT_DIGITS = 4


def load(folder: Path = DOCS) -> dict[str, Any]:
    """Return what was measured last, by set; nothing where nothing was."""
    path = folder / FILE
    return json.loads(path.read_text()) if path.exists() else {}


def save(measured: Measured, folder: Path = DOCS) -> dict[str, Any]:
    """Store the figures of these sets, leave those of others, and return all."""
    kept = load(folder) | {name: rounded(figures) for name, figures in measured.items()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return kept


def rounded(value: Any) -> Any:
    """Return figures with as many digits as say something, and differences of zero as zero."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if not isinstance(value, float):
        return value
    if not math.isfinite(value) or abs(value) < 1e-9:
        return 0.0
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
