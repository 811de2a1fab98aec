"""A game whose code does what a server's must not: it is installed as a plug-in by a test."""

import time

from arbiter_games.dobutsu import Dobutsu


class Hostile(Dobutsu):
    """Dobutsu shogi with further moves, each an attack on whoever shares the process."""

    name = "hostile"
    title = "Hostile"

    def apply(self, state, player, move):
        if move == "grow":
            return {**state, "filling": "x" * 20 * 1024**2}
        if move in ("compute", "wait"):
            getattr(self, f"_{move}")()
        return super().apply(state, player, move)

    def _compute(self):
        while True:
            try:
                sum(range(1000))
            except Exception:  # as a hostile author does, to outlive the limit
                continue

    def _wait(self):
        time.sleep(3600)
