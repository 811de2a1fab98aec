"""Writes everything that is made from the figures: two pages and a chart."""

from pathlib import Path

from tools.bench import data
from tools.bench.goals import Measured
from tools.bench.report import scaling_page
from tools.bench.report.chart import chart
from tools.bench.report.page import page


def pages(measured: Measured) -> dict[str, str]:
    """Return what is made from the figures, by file name."""
    return {
        "performance.md": page(measured), "performance.svg": chart(measured),
        "scaling.md": scaling_page.page(measured),
    }


def write_pages(measured: Measured, folder: Path = data.DOCS) -> None:
    """Write the pages to a folder."""
    for name, text in pages(measured).items():
        (folder / name).write_text(text)
