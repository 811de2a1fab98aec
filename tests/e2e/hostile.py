"""A game whose code does what a server's must not: it is installed as a plug-in by a test."""

import time

from arbiter_games.dobutsu import Dobutsu


class Hostile(Dobutsu):
    """Dobutsu shogi with further moves, each an attack on whoever shares the process."""

    name = "hostile"
    title = "Hostile"

    def apply(self, state, player, move):
        attack = getattr(self, f"_{move}", None) if isinstance(move, str) else None
        if attack is not None:
            attack()
        return super().apply(state, player, move)

    def _compute(self):
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    def _wait(self):
        time.sleep(3600)
