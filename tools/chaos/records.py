"""What is recorded while games are played: commands that were sent, events that were received.

All moments are those of `time.time`, in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from client import JsonObject


@dataclass
class SentCommand:
    """A command of a player, from the first time that it was sent until it was answered.

    `thought` is how many seconds the player took before the command was first sent. `versions` are
    those of all its answers: more than one where it was sent again on purpose. `refused` is the
    type of the error that refused it.
    """

    session_id: str
    login: str
    command_id: str
    command: JsonObject
    thought: float = 0.0
    last_sent_at: float = 0.0
    acknowledged_at: float | None = None
    versions: list[int] = field(default_factory=list)
    refused: str | None = None

    @property
    def type(self) -> str:
        return str(self.command["type"])


@dataclass
class EventStream:
    """What one connection received of one session: the answer to `sessions.connect`, and events.

    `since` is the version that the client asked for, None where it asked for none. `missed` are
    the events of the answer, `events` the notifications after it as (name, params), in order.
    """

    session_id: str
    login: str
    since: int | None
    snapshot: JsonObject
    missed: list[JsonObject]
    events: list[tuple[str, JsonObject]] = field(default_factory=list)

    @property
    def version(self) -> int:
        """The last version that the client has received."""
        received = [self.snapshot["version"], *(params["version"] for _, params in self.events)]
        return int(max(received))


def latest_stream(streams: Sequence[EventStream], session_id: str) -> EventStream | None:
    """Return the latest of the streams of a session."""
    return next((each for each in reversed(streams) if each.session_id == session_id), None)


@dataclass
class GameRecord:
    """A session at the end: as the server has it, and as its players recorded it."""

    session: JsonObject
    history: list[JsonObject]
    sent: list[SentCommand] = field(default_factory=list)
    streams: list[EventStream] = field(default_factory=list)

    @property
    def session_id(self) -> str:
        return str(self.session["session_id"])

    @property
    def result(self) -> JsonObject | None:
        result: JsonObject | None = self.session["result"]
        return result
