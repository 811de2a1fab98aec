"""How the kit plays a game inside a server: what the server has to offer, and how it is found.

A distribution with a server in it declares an entry point of the group `game_hosts`, which names a
`Host`. Without one, the laws of `session_laws` are not checked.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import entry_points
from typing import Any, Protocol

from arbiter_games.contract import Game, Move, State
from arbiter_games.testing.broken_law import brief

HOST_GROUP = "game_hosts"


class Crash(Enum):
    """Where a server dies while it executes a command."""

    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"


@dataclass(frozen=True)
class MoveCommand:
    """A move that is sent to a server, under an id by which it is known when it is sent again."""

    seat: int
    move: Move
    command_id: str

    def __str__(self) -> str:
        return f"{brief(self.move)} of seat {self.seat}"


class HostedSession(Protocol):
    """One session of a game, in a server that can be killed. A viewer None is a spectator."""

    def execute(self, command: MoveCommand, crash: Crash | None = None) -> dict[str, Any] | None:
        """Return the server's answer; None where it refuses the command, or dies as `crash` says.

        A server that has died executes nothing more until `restart`.
        """

    def restart(self) -> None:
        """Kill the server if it runs, and start it again with nothing but what it has stored."""

    def get(self, viewer: int | None) -> dict[str, Any]:
        """Return the session as this viewer may see it: `{state, version, ...}`."""

    def history(self, viewer: int | None, since: int = 0) -> list[dict[str, Any]]:
        """Return the events after a version, each with its `version`."""

    def announced(self, viewer: int | None) -> list[dict[str, Any]]:
        """Return the events that a viewer was sent who has been connected from the beginning."""


class Host(Protocol):
    """Starts a server with one session, whose first state is the one given."""

    def __call__(
        self, game: Game, players: int, options: dict[str, Any], state: State
    ) -> AbstractContextManager[HostedSession]: ...


def installed_hosts() -> list[Host]:
    """Return the hosts of all installed servers."""
    return [entry_point.load() for entry_point in entry_points(group=HOST_GROUP)]
