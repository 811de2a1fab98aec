"""Players who have met, until their session begins. Pure: no I/O, no clock."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from searcher.search import Options, Search, pool_name


@dataclass(frozen=True)
class Pairing:
    """Two or more players who have met; kept until the session that they play is known.

    `players` stand in the order of moving, drawn by lot; `since` is when each began to search, and
    `request_ids` are the client's requests by which they did.
    """

    pairing_id: str
    game: str
    options: Options
    players: tuple[str, ...]
    taken_at: float
    since: tuple[float, ...]
    request_ids: tuple[str | None, ...] = ()

    @classmethod
    def draw(
        cls, pairing_id: str, searches: Sequence[Search], lot: random.Random, now: float
    ) -> "Pairing":
        """Pair searches; who gets which seat, and so moves first, is drawn by lot."""
        seats = list(searches)
        lot.shuffle(seats)
        return cls(
            pairing_id, seats[0].game, seats[0].options, tuple(each.login for each in seats), now,
            tuple(each.since for each in seats), tuple(each.request_id for each in seats),
        )

    @property
    def pool(self) -> str:
        return pool_name(self.game, self.options, len(self.players))

    @property
    def waits(self) -> list[float]:
        """Return for how many seconds each player has searched."""
        return [self.taken_at - since for since in self.since]

    def waited(self, login: str, now: float) -> float:
        """Return for how many seconds a player has searched by now."""
        return now - self.since[self.players.index(login)]

    def request_id_of(self, login: str) -> str | None:
        """Return the request by which a player began to search, where that is known."""
        return dict(zip(self.players, self.request_ids, strict=False)).get(login)

    def opponents_of(self, login: str) -> list[str]:
        """Return the other players, in the order of moving after this one."""
        place = self.players.index(login)
        return [*self.players[place + 1 :], *self.players[:place]]
