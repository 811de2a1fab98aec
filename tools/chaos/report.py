"""The table of a run: what went wrong, and what it did to the games. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.chaos.faults import ENGINES, Fault
from tools.chaos.oracle import DOUBLED, LOST, Finding
from tools.chaos.standstills import median

# What was acknowledged this long before a fault may be lost by it.
LOSS_LEAD_SECONDS = 1.0
MAX_SHOWN_FINDINGS = 40
EXIT_WRONG, EXIT_INCOMPLETE = 1, 3  # 2 is argparse's, for a wrong command line
SERVICE_GOAL_SECONDS, ENGINE_GOAL_SECONDS = 2.0, 10.0
COLUMN_WIDTHS = (18, 5, 12, 6, 8, 8, 8, 10)
HEAD = ("fault", "times", "acknowledged", "lost", "doubled", "p50", "max", "goal")


@dataclass
class FaultResult:
    """A fault that was made, from its beginning until everything was well again.

    `standstills` are the longest of each pair meanwhile, in seconds.
    """

    fault: Fault
    began_at: float
    ended_at: float = 0.0
    acknowledged: int = 0
    standstills: list[float] = field(default_factory=list)

    @property
    def goal(self) -> float:
        """The seconds from its beginning after which every game should go on."""
        engines = any(action.target in ENGINES for action in self.fault.actions)
        return self.fault.duration + (ENGINE_GOAL_SECONDS if engines else SERVICE_GOAL_SECONDS)

    def covers(self, finding: Finding) -> bool:
        """Return whether the finding is of the time in which this fault can have caused it."""
        begin, end = self.began_at - LOSS_LEAD_SECONDS, self.ended_at - LOSS_LEAD_SECONDS
        return finding.at is not None and begin <= finding.at < end

    def __str__(self) -> str:
        longest = max(self.standstills, default=0.0)
        late = "  over the goal" if longest > self.goal else ""
        return (
            f"{self.fault}: {self.acknowledged} acknowledged; stood still"
            f" p50 {median(self.standstills):.2f} s, max {longest:.2f} s{late}"
        )


def table(results: Sequence[FaultResult], findings: Sequence[Finding]) -> list[str]:
    """Return the lines of the table: a row for each kind of fault, and one for all."""
    kinds = {result.fault.kind for result in results}
    rows = [
        row(kind, [result for result in results if result.fault.kind == kind], findings)
        for kind in sorted(kinds, key=sort_key)
    ]
    total = ["all", len(results), sum(result.acknowledged for result in results)]
    total += [count(findings, LOST), count(findings, DOUBLED)]
    return [line(HEAD), *map(line, rows), line((*total, *spread(results), ""))]


def row(
    kind: str, results: Sequence[FaultResult], findings: Sequence[Finding]
) -> tuple[object, ...]:
    """Return the cells of one kind of fault."""
    covered = [
        finding for finding in findings if any(result.covers(finding) for result in results)
    ]
    goals = sorted({result.goal for result in results})
    goal = f"{goals[0]:g}" if len(goals) == 1 else f"{goals[0]:g}-{goals[-1]:g}"
    return (
        kind, len(results), sum(result.acknowledged for result in results),
        count(covered, LOST), count(covered, DOUBLED), *spread(results),
        "" if kind == "nothing" else f"{goal} s",
    )


def verdict(findings: Sequence[Finding], left_out: Sequence[Fault]) -> tuple[int, list[str]]:
    """Return the exit status of a run, and the lines that explain it."""
    lines = [str(finding) for finding in findings[:MAX_SHOWN_FINDINGS]]
    if len(findings) > MAX_SHOWN_FINDINGS:
        lines.append(f"... and {len(findings) - MAX_SHOWN_FINDINGS} more.")
    if left_out:
        names = "; ".join(map(str, left_out))
        lines.append(f"Not complete. There was no time for {len(left_out)} of the faults: {names}.")
    if findings:
        return EXIT_WRONG, lines
    if left_out:
        return EXIT_INCOMPLETE, lines
    return 0, ["Nothing is lost or doubled; every game is as the rules have it, and was counted."]


def spread(results: Sequence[FaultResult]) -> tuple[str, str]:
    """Return the median and the maximum of all standstills."""
    values = [value for result in results for value in result.standstills]
    return f"{median(values):.2f} s", f"{max(values, default=0):.2f} s"


def count(findings: Sequence[Finding], kind: str) -> int:
    """Return the number of findings of a kind."""
    return sum(finding.kind == kind for finding in findings)


def sort_key(kind: str) -> tuple[bool, str]:
    """Return a key that sorts "nothing" first and "two at once" last."""
    return kind == "two at once", "" if kind == "nothing" else kind


def line(cells: Sequence[object]) -> str:
    """Return cells as a line: the first column aligned to the left, the others to the right."""
    first, *others = cells
    widths = COLUMN_WIDTHS[1:]
    return f"{first:{COLUMN_WIDTHS[0]}}" + "".join(
        f"{cell:>{width + 1}}" for cell, width in zip(others, widths, strict=True)
    )
