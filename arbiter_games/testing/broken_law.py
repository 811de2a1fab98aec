"""How the kit reports what it has found."""

import json
from typing import Any

MAX_SHOWN_CHARS = 300


class BrokenLaw(AssertionError):
    """A game breaks a law of the contract: the law, the evidence, and the moves that lead there."""

    def __init__(self, law: str, evidence: str) -> None:
        super().__init__(law, evidence)
        self.law = law
        self.evidence = evidence
        self.game = "the game"
        self.story = ""

    def __str__(self) -> str:
        found = f"{self.game} breaks a law: {self.law}\n  {self.evidence}"
        return f"{found}\n  {self.story}" if self.story else found


class LawsNotChecked(UserWarning):
    """Some laws need a server to be checked, and none is installed."""


def require(holds: object, law: str, evidence: str) -> None:
    """Raise BrokenLaw where something does not hold."""
    if not holds:
        raise BrokenLaw(law, evidence)


def brief(value: Any) -> str:
    """Return a value as text of one line."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError):
        text = ascii(value)
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}..."
