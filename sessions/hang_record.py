"""What a process tells the next one when the code of a game does not return from C.

Nothing written in Python runs then. Where it hangs is written by faulthandler. In which session has
to be written before, which would cost each move; so only a process that follows one that hung does
that. What hangs there too is suspended by the next process.
"""

import json
import logging
import os
import time
from pathlib import Path

from sessions.suspensions import Suspensions

_log = logging.getLogger(__name__)

SUSPENDED_SECONDS = 24 * 3600.0
NOTE_BYTES = 256


class HangRecord:
    """The files of an instance in a folder; the descriptor `traceback` takes where it hangs."""

    traceback: int | None = None
    has_hung = False  # the process before this one

    def __init__(self, folder: Path) -> None:
        """Read what the process before has left, and begin anew."""
        self._held_path, self._note_path = folder / "suspended.json", folder / "running"
        traceback = folder / "traceback"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.has_hung = traceback.exists() and traceback.stat().st_size > 0
            if self.has_hung:
                self._take_over(traceback)
            self._note, self.traceback = _open_empty(self._note_path), _open_empty(traceback)
        except OSError as error:
            self.has_hung = False
            _log.warning("A session whose game hangs in C will not be suspended: %s", error)

    def note(self, game: str, session_id: str) -> None:
        """Write down whose code runs from now on."""
        os.pwrite(self._note, json.dumps([game, session_id]).encode().ljust(NOTE_BYTES), 0)

    def suspend(self, suspensions: Suspensions) -> None:
        """Suspend the sessions that have hung, or games where that was in no session."""
        now = time.time()
        for game, session_id, until in self._held():
            if until > now:
                suspensions.hold(game, session_id, until - now)

    def _take_over(self, traceback: Path) -> None:
        _log.error(
            "The process before this one has hung in the code of a game:\n%s",
            traceback.read_text(errors="replace"),
        )
        noted = self._note_path.read_bytes() if self._note_path.exists() else b""
        try:
            game, session_id = json.loads(noted)
        except ValueError:  # nothing, or half of a note
            return
        held = [*self._held(), [game, session_id, time.time() + SUSPENDED_SECONDS]]
        self._held_path.write_text(json.dumps(held))
        _log.error("The game %s is suspended in the session %r", game, session_id)

    def _held(self) -> list[tuple[str, str, float]]:
        try:
            held: list[tuple[str, str, float]] = json.loads(self._held_path.read_text())
        except (OSError, ValueError):
            return []
        return [each for each in held if each[2] > time.time()]


def _open_empty(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
