"""The settings of the session service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AUTO, CLAIM = "auto", "claim"


@dataclass(frozen=True)
class SessionSettings:
    """What the operator lays down for sessions: times in seconds, unless a name says days.

    `grace` is for a player without a connection; `first_move` for joining, and with a clock for a
    first move. `leaving` says whether the opponent of a player who left wins at the end of the
    grace (AUTO) or may then claim it (CLAIM). `gateway_lease` is how long a gateway that does not
    renew its lease keeps its connections. With `sessions_kept_days` 0, sessions are never archived.
    """

    grace: float = 30.0
    first_move: float = 30.0
    leaving: str = AUTO
    gateway_lease: float = 15.0
    sessions_kept_days: float = 0.0
    commands_kept_days: float = 7.0

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "SessionSettings":
        """Read the settings; raises ValueError for a value that is not allowed."""
        leaving = config["LEAVING"]
        if leaving not in (AUTO, CLAIM):
            raise ValueError(f"LEAVING is {AUTO} or {CLAIM}, not {leaving}")
        return cls(
            grace=float(config["GRACE"]), first_move=float(config["FIRST_MOVE_DEADLINE"]),
            leaving=leaving, gateway_lease=float(config["GATEWAY_LEASE"]),
            sessions_kept_days=float(config["SESSIONS_KEPT"] or 0),
            commands_kept_days=float(config["COMMANDS_KEPT"]),
        )
