"""What the page does: begin, move, take back, load a state, let programs move, follow the code."""

import threading
from typing import Any

from workbench.game_process import GameProcess
from workbench.table import RANDOM

WAIT_SECONDS = 20.0


class Play:
    """One game on the page. `revision` grows with all that the page has to show."""

    def __init__(self, target: str) -> None:
        self.target = target
        self._process = GameProcess(target)
        self._changed = threading.Condition(threading.RLock())
        self._script: dict[str, Any] = {}
        self._moves: list[list[Any]] = []
        self._undone: list[list[Any]] = []
        self._opponents: dict[str, str] = {}
        self._shown: dict[str, Any] = {}
        self._revision = 0
        self._halted = False  # the programs, by an error of the code
        self._closed = False
        threading.Thread(target=self._let_opponents_move, daemon=True).start()

    def after(self, revision: int) -> dict[str, Any]:
        """Return what to show, once it is newer than a revision, or when a while has passed."""
        with self._changed:
            self._changed.wait_for(lambda: self._revision != revision, WAIT_SECONDS)
            return {
                **self._shown, "revision": self._revision, "opponents": self._opponents,
                "can_undo": bool(self._shown.get("moves")), "can_redo": bool(self._undone),
            }

    def begin(self, body: dict[str, Any]) -> None:
        """Begin a game, with these `players`, `options` and this `seed`."""
        with self._changed:
            self._script = {
                "players": body.get("players"), "options": body.get("options") or {},
                "seed": body.get("seed") or 0, "loaded": None,
            }
            self._moves, self._undone = [], []
            self._replay()

    def load(self, body: dict[str, Any]) -> None:
        """Go on from any `state`, in place of the setup."""
        with self._changed:
            self._script["loaded"] = body.get("state")
            self._moves, self._undone = [], []
            self._replay()

    def move(self, body: dict[str, Any]) -> None:
        """Make a `move` of a `seat`, or have it leave (null); if it is refused, show why."""
        with self._changed:
            self._take(self._process.ask("move", seat=body.get("seat"), move=body.get("move")))

    def undo(self, body: dict[str, Any]) -> None:
        """Take moves back: the last one, or all that come after the first `keep`."""
        with self._changed:
            moves = self._shown.get("moves", [])
            keep = max(0, min(int(body.get("keep", len(moves) - 1)), len(moves)))
            self._undone = moves[keep:] + self._undone
            self._moves = moves[:keep]
            self._opponents = {}  # or they would move again at once
            self._replay()

    def redo(self, body: dict[str, Any]) -> None:
        """Make the move again that was taken back last."""
        with self._changed:
            if self._undone:
                self._moves, self._undone = [*self._moves, self._undone[0]], self._undone[1:]
                self._replay()

    def opponents(self, body: dict[str, Any]) -> None:
        """Have programs move for seats: `{seat: "random" or a level}`."""
        with self._changed:
            self._opponents = {str(seat): str(who) for seat, who in body.items() if who}
            self._halted = False
            self._publish(self._shown)

    def reload(self) -> None:
        """Play the same moves by the code as it is now."""
        with self._changed:
            self._process.end()
            self._replay()

    def close(self) -> None:
        """End the game's process."""
        with self._changed:
            self._closed = True
            self._process.end()
            self._changed.notify_all()

    def _replay(self) -> None:
        self._take(self._process.ask("begin", **self._script, moves=self._moves), replayed=True)

    def _take(self, answer: dict[str, Any], *, replayed: bool = False) -> None:
        """Show an answer; an error is shown beside the last position that is known.

        Moves that changed code refuses are kept for when it is changed back.
        """
        if "error" in answer:
            return self._publish({**self._shown, **answer})
        if not replayed:
            self._undone = []
            self._moves = answer["moves"]
        self._halted = False
        self._publish({"error": None, "note": "", **answer})

    def _publish(self, shown: dict[str, Any]) -> None:
        self._shown = shown
        self._revision += 1
        self._changed.notify_all()

    def _seat_of_program(self) -> int | None:
        if self._halted:
            return None
        return next((seat for seat in self._shown.get("to_move", ()) if self._program(seat)), None)

    def _program(self, seat: int) -> str | None:
        """Return the program that moves for a seat: by lot if its player has left, as on a server.
        """
        left = seat in self._shown.get("left", ())
        return RANDOM if left else self._opponents.get(str(seat))

    def _let_opponents_move(self) -> None:
        with self._changed:
            while True:
                self._changed.wait_for(
                    lambda: self._closed or self._seat_of_program() is not None
                )
                if self._closed:
                    return
                seat = self._seat_of_program()
                assert seat is not None
                answer = self._process.ask("choose", seat=seat, opponent=self._program(seat))
                self._take(answer)
                self._halted = "error" in answer
                self._changed.wait(0.05)  # for the page to show the move
