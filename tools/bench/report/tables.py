"""Figures as text: numbers, and tables of a terminal and of a page."""

from collections.abc import Iterable, Sequence
from typing import Any

from tools.bench.goals import GOALS, SETS, Figures, Goal, Measured, problem

NOT_MEASURED = "–"


def number(value: float, digits: int = 0) -> str:
    """Return a number with so many decimals and with commas, and no sign before a zero."""
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of a page."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plain(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of a terminal."""
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        f"{line[0]:{widths[0]}}  "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
        for line in lines
    )


def goal_rows(measured: Measured) -> list[list[str]]:
    """Return for each goal its title, and by set the figure, the goal and how much is reached."""
    names = [name for name in SETS if name in measured]
    return [
        [goal.title, *(cell for name in names for cell in _cells(goal, name, measured[name]))]
        for goal in GOALS
        if any(goal.figure(measured[name]) is not None for name in names)
    ]


def goal_head(measured: Measured) -> list[str]:
    """Return the head of `goal_rows`."""
    names = [name for name in SETS if name in measured]
    return ["", *(cell for name in names for cell in (name, "goal", "reached"))]


def _cells(goal: Goal, name: str, figures: Figures) -> list[str]:
    figure, bound = goal.figure(figures), goal.bounds.get(name)
    reached = goal.reached(name, figures)
    unit = f" {goal.unit}" if goal.unit else ""
    sign = "≥" if goal.at_least else "≤"
    return [
        NOT_MEASURED if figure is None else number(figure, goal.digits) + unit,
        NOT_MEASURED if bound is None else f"{sign} {bound:g}",
        NOT_MEASURED if reached is None else f"{reached:.2f}",
    ]


def failures(measured: Measured) -> list[str]:
    """Return a sentence for each measurement that has failed."""
    return [
        f"{name}: {measurement} failed: {figures[measurement]['failed']}"
        for name, figures in measured.items() for measurement in figures
        if isinstance(figures[measurement], dict) and "failed" in figures[measurement]
    ]


def stock_rate(figures: Figures) -> str:
    """Return a sentence on stock Nameko's empty calls; nothing where they were not measured."""
    if problem(figures, "stock"):
        return ""
    return f"Stock Nameko answers {number(figures['stock']['calls_per_second'])} empty calls/s."


def busiest(figures: Figures) -> float:
    """Return how many cores others used at most while something was measured."""
    found: list[Any] = [each for each in figures.values() if isinstance(each, dict)]
    return max((each.get("others_cores", 0.0) for each in found), default=0.0)
