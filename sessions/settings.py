"""The settings of the session service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AUTO, CLAIM = "auto", "claim"


@dataclass(frozen=True)
class SessionSettings:
    """What the operator lays down for every session, in seconds.

    `grace` is for a player without a connection; `first_move` for joining, and with a clock for a
    first move. `leaving` says whether the opponent of a player who left wins at the end of the
    grace (AUTO) or may then claim it (CLAIM).
    """

    grace: float = 30.0
    first_move: float = 30.0
    leaving: str = AUTO

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "SessionSettings":
        """Read the settings; raises ValueError for a value that is not allowed."""
        leaving = config["LEAVING"]
        if leaving not in (AUTO, CLAIM):
            raise ValueError(f"LEAVING is {AUTO} or {CLAIM}, not {leaving}")
        return cls(float(config["GRACE"]), float(config["FIRST_MOVE_DEADLINE"]), leaving)
