"""What a process tells the next one when the code of a game does not return from C.

Nothing written in Python runs then. Where it hangs is written by faulthandler. In which session has
to be written before, which would cost each move; so only a process that follows one that hung does
that. What hangs there too the next process suspends, and tells all instances.
"""

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from sessions.suspensions import Suspensions

_log = logging.getLogger(__name__)

SUSPENDED_SECONDS = 24 * 3600.0
NOTE_BYTES = 256


class HangRecord:
    """The files of an instance in a folder; the descriptor `traceback` takes where it hangs.

    What has hung stays in a file until it is stored as suspended: this process may die before.
    """

    traceback: int | None = None
    has_hung = False  # a process before this one

    def __init__(self, folder: Path) -> None:
        """Read what the process before has left, and begin anew."""
        note, traceback, self._hung = (folder / name for name in ("running", "traceback", "hung"))
        self._suspended: set[tuple[str, str]] = set()  # the games and the sessions that have hung
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if traceback.exists() and traceback.stat().st_size > 0:
                self.has_hung = True
                self._take_over(traceback, note)
            self._suspended = _read_all(self._hung)
            self.has_hung |= bool(self._suspended)
            self._note, self.traceback = _open_empty(note), _open_empty(traceback)
        except OSError as error:
            self.has_hung = False
            _log.warning("A session whose game hangs in C will not be suspended: %s", error)

    def note(self, game: str, session_id: str) -> None:
        """Write down whose code runs from now on."""
        os.pwrite(self._note, json.dumps([game, session_id]).encode().ljust(NOTE_BYTES), 0)

    def suspend(self, suspensions: Suspensions) -> None:
        """Suspend the sessions that have hung, or the game where that was in no session."""
        for game, session_id in sorted(self._suspended):
            suspensions.hold(game, session_id, SUSPENDED_SECONDS)
        if self._suspended:
            suspensions.when_shared = self._forget

    def _take_over(self, traceback: Path, note: Path) -> None:
        _log.error(
            "The process before this one has hung in the code of a game:\n%s",
            traceback.read_text(errors="replace"),
        )
        noted = _parsed(note.read_bytes() if note.exists() else b"")
        if noted is not None:
            _replace(self._hung, sorted({*_read_all(self._hung), noted}))
            _log.error("The game %s is suspended in the session %r", *noted)

    def _forget(self) -> None:
        try:
            self._hung.unlink()
        except OSError as error:
            _log.warning("Sessions will be suspended again at the next start: %s", error)


def _read_all(hung: Path) -> set[tuple[str, str]]:
    lines = hung.read_bytes().splitlines() if hung.exists() else []
    return {noted for line in lines if (noted := _parsed(line)) is not None}


def _replace(hung: Path, noted: Iterable[tuple[str, str]]) -> None:
    new = hung.with_suffix(".new")
    new.write_text("".join(f"{json.dumps(each)}\n" for each in noted))
    new.replace(hung)


def _parsed(text: bytes) -> tuple[str, str] | None:
    try:
        game, session_id = json.loads(text)
    except ValueError:  # nothing, or half of a note
        return None
    return game, session_id


def _open_empty(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
