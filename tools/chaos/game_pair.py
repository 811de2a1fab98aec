"""Two players who meet and play, game after game, each in a thread of its own."""

import random
import threading

from tools.chaos.meeting import Meeting, OpenedRooms, Plan
from tools.chaos.player import Player
from tools.chaos.session_play import SessionPlay

WAYS_TO_MEET = ("search", "room", "private room", "rematch")


class GamePair:
    """A pair of players. How they meet for each game follows from the seed."""

    def __init__(self, number: int, players: tuple[Player, Player], seed: int) -> None:
        self.number = number
        self.players = players
        self._playing = threading.Event()
        self._playing.set()
        # No other pair has this clock, so that the two find each other by search.
        clock = {"initial": 60 + 2 * number, "increment": 2}
        self._options = {"clock": clock, "rated": True}
        self._seed = seed
        self._rooms = OpenedRooms()
        self._threads = [
            threading.Thread(target=self._play, args=(player,), daemon=True) for player in players
        ]

    def start(self) -> None:
        """Let both begin."""
        for thread in self._threads:
            thread.start()

    def halt(self) -> None:
        """Let nobody make a further move; both continue to receive events."""
        self._playing.clear()

    def activity(self) -> str:
        """Return what both players do now, for an analysis of why they can't continue."""
        return "; ".join(
            f"{player.login} {player.activity}, has seen version"
            f" {player.streams[-1].version if player.streams else None}"
            for player in self.players
        )

    def _play(self, player: Player) -> None:
        number, session_id = 0, None
        while self._playing.is_set():
            is_host = self.players[number % 2] is player
            plan = Plan(number, self._way_to_meet(number), is_host, self._options, session_id)
            session_id = Meeting(player, plan, self._rooms, self._playing).meet()
            if session_id is not None:
                SessionPlay(player, session_id, self._playing).play()
            number += 1

    def _way_to_meet(self, number: int) -> str:
        """Return how the two meet for their game of this number."""
        ways = WAYS_TO_MEET if number else WAYS_TO_MEET[:-1]
        return random.Random(f"{self._seed} {self.number} {number}").choice(ways)
