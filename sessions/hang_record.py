"""What a process tells the next one when the code of a game does not return from C.

Nothing written in Python runs then. Where it hangs is written by faulthandler. In which session has
to be written before, which would cost each move; so only a process that follows one that hung does
that. What hangs there too the next process suspends, and tells all instances.
"""

import json
import logging
import os
from pathlib import Path

from sessions.suspensions import Suspensions

_log = logging.getLogger(__name__)

SUSPENDED_SECONDS = 24 * 3600.0
NOTE_BYTES = 256


class HangRecord:
    """The files of an instance in a folder; the descriptor `traceback` takes where it hangs."""

    traceback: int | None = None
    has_hung = False  # the process before this one
    _noted: tuple[str, str] | None = None  # the game and the session of that

    def __init__(self, folder: Path) -> None:
        """Read what the process before has left, and begin anew."""
        note, traceback = folder / "running", folder / "traceback"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.has_hung = traceback.exists() and traceback.stat().st_size > 0
            if self.has_hung:
                self._take_over(traceback, note)
            self._note, self.traceback = _open_empty(note), _open_empty(traceback)
        except OSError as error:
            self.has_hung = False
            _log.warning("A session whose game hangs in C will not be suspended: %s", error)

    def note(self, game: str, session_id: str) -> None:
        """Write down whose code runs from now on."""
        os.pwrite(self._note, json.dumps([game, session_id]).encode().ljust(NOTE_BYTES), 0)

    def suspend(self, suspensions: Suspensions) -> None:
        """Suspend the session that has hung, or the game where that was in no session."""
        if self._noted:
            suspensions.hold(*self._noted, SUSPENDED_SECONDS)

    def _take_over(self, traceback: Path, note: Path) -> None:
        _log.error(
            "The process before this one has hung in the code of a game:\n%s",
            traceback.read_text(errors="replace"),
        )
        try:
            game, session_id = json.loads(note.read_bytes() if note.exists() else b"")
        except ValueError:  # nothing, or half of a note
            return
        self._noted = game, session_id
        _log.error("The game %s is suspended in the session %r", game, session_id)


def _open_empty(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
