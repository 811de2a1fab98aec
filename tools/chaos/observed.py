"""What is written down while games are played: what was sent, and what each connection was told."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Sent:
    """A command of a player, from the first time that it was sent until it was answered.

    Moments are those of `time.time`. `thought` is how long the player took, in seconds, before the
    command was sent first. `versions` are those of all its answers: more than one where it was
    sent again on purpose. `refused` is the type of the error that it was refused with.
    """

    session_id: str
    login: str
    command_id: str
    command: dict[str, Any]
    thought: float = 0.0
    last_sent_at: float = 0.0
    acknowledged_at: float | None = None
    versions: list[int] = field(default_factory=list)
    refused: str | None = None

    @property
    def type(self) -> str:
        return self.command["type"]


@dataclass
class Stream:
    """What one connection was told of one session: the answer to `sessions.connect`, and then.

    `since` is the version that the client had, None where it asked for none. `missed` are the
    events of the answer, `events` the notifications after it as (name, params), in their order.
    """

    session_id: str
    login: str
    since: int | None
    snapshot: dict[str, Any]
    missed: list[dict[str, Any]]
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def version(self) -> int:
        """The last version that the client has heard of."""
        return max(
            [self.snapshot["version"], *(params["version"] for _, params in self.events)]
        )


@dataclass
class Game:
    """All that is known of a session at the end: the server's word, and what its players noted."""

    session: dict[str, Any]
    history: list[dict[str, Any]]
    sent: list[Sent] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)

    @property
    def session_id(self) -> str:
        return self.session["session_id"]

    @property
    def result(self) -> dict[str, Any] | None:
        return self.session["result"]
