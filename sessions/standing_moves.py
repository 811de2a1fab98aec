"""The moves of a session that stand: those that were made and not taken back. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from arbiter_games.contract import Move
from sessions.events import STATE_CHANGED, TAKEBACK_ACCEPTED
from sessions.match import SessionEvent

# What is stored under version 0 of a session that goes on from another, and shown to nobody.
CONTINUED = "continued"
OF_MOVES = (STATE_CHANGED, TAKEBACK_ACCEPTED)


@dataclass(frozen=True, slots=True)
class MadeMove:
    """A move, the version that it made, and the clocks right after it."""

    version: int
    login: str
    move: Move
    clocks: dict[str, float] | None


def standing(happened: Iterable[SessionEvent]) -> list[MadeMove]:
    """Return the moves that stand after these events, which begin with a session's first."""
    made: list[MadeMove] = []
    for event in happened:
        if event.type == STATE_CHANGED:
            command = event.data["command"]
            clocks = event.data["clocks"]
            made.append(MadeMove(event.version, command["login"], command["move"], clocks))
        elif event.type == TAKEBACK_ACCEPTED:
            del made[-len(event.data["taken_back"]):]  # the last ones that stood then
    return made
