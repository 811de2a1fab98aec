"""The settings of the session service."""

from dataclasses import dataclass

from extensions.settings import Settings

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
    def of(cls, settings: Settings) -> "SessionSettings":
        """Return those of all settings that concern sessions."""
        return cls(
            grace=settings.grace, first_move=settings.first_move_deadline,
            leaving=settings.leaving, gateway_lease=settings.gateway_lease,
            sessions_kept_days=settings.sessions_kept, commands_kept_days=settings.commands_kept,
        )
