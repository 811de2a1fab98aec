"""Who is kept apart: two players who have just aborted twice, one session after the other.

Pure: no I/O, no clock.
"""

from collections import OrderedDict
from dataclasses import dataclass

ABORTED_TOO_OFTEN = 2  # sessions of a pair, one after the other
KEPT_APART = 86_400.0  # seconds since the last of them
MOST_REMEMBERED = 10_000  # pairs


@dataclass(frozen=True)
class Aborted:
    """The sessions that a pair has aborted one after the other, and when it was told of the last.

    `session_ids` are as many as matter; a result may be told more than once.
    """

    session_ids: tuple[str, ...] = ()
    at: float = 0.0

    def and_then(self, session_id: str, now: float) -> "Aborted":
        """What is known of the pair when it has aborted this one as well."""
        if session_id in self.session_ids:
            return self
        return Aborted((*self.session_ids, session_id)[-ABORTED_TOO_OFTEN:], now)

    @property
    def too_often(self) -> bool:
        return len(self.session_ids) >= ABORTED_TOO_OFTEN


class AbortedPairs:
    """The pairs whose last session was aborted, forgotten in time; contains those kept apart."""

    def __init__(self) -> None:
        self._pairs: OrderedDict[frozenset[str], Aborted] = OrderedDict()

    def __contains__(self, pair: object) -> bool:
        return pair in self._pairs and self._pairs[pair].too_often

    def note(self, players: frozenset[str], session_id: str, aborted: bool, now: float) -> None:
        """A session of the pair has ended, aborted or not."""
        if not aborted:
            self._pairs.pop(players, None)
            return
        known = self._pairs.get(players, Aborted())
        self._pairs[players] = known.and_then(session_id, now)
        if self._pairs[players] is not known:
            self._pairs.move_to_end(players)
        if len(self._pairs) > MOST_REMEMBERED:
            self._pairs.popitem(last=False)

    def forget(self, now: float) -> None:
        """Forget what was long ago."""
        while self._pairs and next(iter(self._pairs.values())).at <= now - KEPT_APART:
            self._pairs.popitem(last=False)
