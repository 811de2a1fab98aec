"""How the kit says what it has found."""

import json
from typing import Any

LONGEST = 300


class BrokenLaw(AssertionError):
    """A game breaks a law of the contract: which, what shows it, and how to get there."""

    def __init__(self, law: str, evidence: str) -> None:
        super().__init__(law, evidence)
        self.law = law
        self.evidence = evidence
        self.game = "the game"
        self.story = ""

    def __str__(self) -> str:
        told = f"{self.game} breaks a law: {self.law}\n  {self.evidence}"
        return f"{told}\n  {self.story}" if self.story else told


def brief(value: Any) -> str:
    """Return a value as it can be shown in one line."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError):
        text = ascii(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
