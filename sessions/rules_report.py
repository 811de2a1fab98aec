"""What an operator reads of a replay of stored sessions, before new rules serve. No I/O."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sessions.rules_replay import DIFFERS, SAME, UNREADABLE, WITHOUT_RULES, Verdict

KINDS = (SAME, DIFFERS, UNREADABLE, WITHOUT_RULES)
MAX_SHOWN = 20  # of a game's sessions that are not the same

EXPLANATION = """Sessions that differ, or cannot be read, would change or break under these rules.
Give the game another `version`, and keep the former rules installed or offer an `upgrade`. Sessions
without rules wait until these are installed."""


@dataclass
class Report:
    """The verdicts so far: how many there are of each kind, by game, and the first of the others.
    """

    counts: dict[tuple[str, int], Counter[str]] = field(default_factory=dict)
    found: dict[tuple[str, int], list[Verdict]] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        rules = verdict.game, verdict.version
        self.counts.setdefault(rules, Counter())[verdict.kind] += 1
        if verdict.kind != SAME and len(found := self.found.setdefault(rules, [])) < MAX_SHOWN:
            found.append(verdict)

    @property
    def total(self) -> Counter[str]:
        """How many sessions there are of each kind."""
        return sum(self.counts.values(), Counter())

    @property
    def is_clean(self) -> bool:
        """Whether all sessions come out the same."""
        return not self.found

    def lines(self) -> Iterator[str]:
        """Yield the report, as Markdown."""
        yield f"| game | version | {' | '.join(KINDS)} |"
        yield "|---|---|" + "---|" * len(KINDS)
        for (game, version), counts in sorted(self.counts.items()):
            yield f"| {game} | {version} | {' | '.join(str(counts[kind]) for kind in KINDS)} |"
        for (game, version), found in sorted(self.found.items()):
            number = sum(self.counts[game, version].values()) - self.counts[game, version][SAME]
            first = f", of which the first {MAX_SHOWN} are" if number > MAX_SHOWN else ""
            yield f"\n{game}, version {version}: {number} not the same{first}\n"
            for each in found:
                yield f"- {each.session_id} ({each.status}) {each.kind}: {each.what}"
        if not self.is_clean:
            yield f"\n{EXPLANATION}"
