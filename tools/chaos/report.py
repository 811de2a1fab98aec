"""The table: what went wrong, and what it did to the games; a pure function."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.chaos import recovery
from tools.chaos.faults import ENGINES, Fault
from tools.chaos.oracle import DOUBLED, LOST, Finding

LEAD = 1.0  # what was acknowledged so many seconds before a fault may be lost by it
MOST_SHOWN = 40
WRONG, INCOMPLETE = 1, 3  # exit statuses; what is wrong with the command line is 2
SERVICE_GOAL, ENGINE_GOAL = 2.0, 10.0
WIDTHS = (18, 5, 12, 6, 8, 8, 8, 10)
HEAD = ("fault", "times", "acknowledged", "lost", "doubled", "p50", "max", "goal")


@dataclass
class Strike:
    """A fault that was made, from one moment until it was over and everything well again.

    `standstills` are, of each table, the seconds for which it stood still meanwhile at most.
    """

    fault: Fault
    began: float
    until: float = 0.0
    acknowledged: int = 0
    standstills: list[float] = field(default_factory=list)

    @property
    def goal(self) -> float:
        """Seconds in which every game is to go on, counted from the beginning."""
        engines = any(blow.target in ENGINES for blow in self.fault.blows)
        return self.fault.lasting + (ENGINE_GOAL if engines else SERVICE_GOAL)

    def holds(self, finding: Finding) -> bool:
        """Return whether it went wrong by this fault: after it, or in the last second before."""
        return finding.at is not None and self.began - LEAD <= finding.at < self.until - LEAD

    def __str__(self) -> str:
        waits = self.standstills
        late = "  over the goal" if waits and max(waits) > self.goal else ""
        return (
            f"{self.fault}: {self.acknowledged} acknowledged; stood still"
            f" p50 {recovery.median(waits):.2f} s, max {max(waits, default=0):.2f} s{late}"
        )


def table(strikes: Sequence[Strike], findings: Sequence[Finding]) -> list[str]:
    """Return the lines of the table: a row for each kind of fault, and one for all."""
    kinds = list(dict.fromkeys(strike.fault.kind for strike in strikes))
    rows = [
        row(kind, [strike for strike in strikes if strike.fault.kind == kind], findings)
        for kind in sorted(kinds, key=order)
    ]
    total = ["all", len(strikes), sum(strike.acknowledged for strike in strikes)]
    total += [count(findings, LOST), count(findings, DOUBLED)]
    return [line(HEAD), *map(line, rows), line((*total, *spread(strikes), ""))]


def row(kind: str, strikes: Sequence[Strike], findings: Sequence[Finding]) -> tuple[object, ...]:
    """Return the row of one kind of fault."""
    meanwhile = [
        finding for finding in findings if any(strike.holds(finding) for strike in strikes)
    ]
    goals = sorted({strike.goal for strike in strikes})
    goal = f"{goals[0]:g}" if len(goals) == 1 else f"{goals[0]:g}-{goals[-1]:g}"
    return (
        kind, len(strikes), sum(strike.acknowledged for strike in strikes),
        count(meanwhile, LOST), count(meanwhile, DOUBLED), *spread(strikes),
        "" if kind == "nothing" else f"{goal} s",
    )


def verdict(findings: Sequence[Finding], left_out: Sequence[Fault]) -> tuple[int, list[str]]:
    """Return the exit status of a run, and the lines that say why."""
    said = [str(finding) for finding in findings[:MOST_SHOWN]]
    if len(findings) > MOST_SHOWN:
        said.append(f"... and {len(findings) - MOST_SHOWN} more.")
    if left_out:
        names = "; ".join(map(str, left_out))
        said.append(f"Not complete. There was no time for {len(left_out)} of the faults: {names}.")
    if findings:
        return WRONG, said
    if left_out:
        return INCOMPLETE, said
    return 0, ["Nothing is lost or doubled; every game is as the rules have it, and was counted."]


def spread(strikes: Sequence[Strike]) -> tuple[str, str]:
    """Return the median and the largest of all standstills."""
    waits = [wait for strike in strikes for wait in strike.standstills]
    return f"{recovery.median(waits):.2f} s", f"{max(waits, default=0):.2f} s"


def count(findings: Sequence[Finding], kind: str) -> int:
    """Return how many there are of a kind."""
    return sum(finding.kind == kind for finding in findings)


def order(kind: str) -> tuple[bool, str]:
    """Return what sorts the kinds: nothing at all first, two at once last."""
    return kind == "two at once", "" if kind == "nothing" else kind


def line(cells: Sequence[object]) -> str:
    """Return a row as text: the first column to the left, the others to the right."""
    first, *others = cells
    widths = WIDTHS[1:]
    return f"{first:{WIDTHS[0]}}" + "".join(
        f"{cell:>{width + 1}}" for cell, width in zip(others, widths, strict=True)
    )
