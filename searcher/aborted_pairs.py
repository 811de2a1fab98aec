"""The pairs of players that have aborted their last session: what steps read and change of them."""

from collections.abc import Collection, Iterable
from functools import partial

from searcher import queue
from searcher.avoidance import KEPT_APART_SECONDS, AbortedSessions
from searcher.matching import Apart
from searcher.models import ABORTED, APART, LAST_ABORTED
from searcher.tables import Span, Step, Tables

MAX_PAIRS = 100_000


class AbortedPairs:
    """The pairs of players that have aborted their last session, each for a while."""

    def __init__(self, tables: Tables):
        self._tables = tables

    def record(
        self, players: Collection[str], session_id: str, aborted: bool, now: float
    ) -> None:
        """Record how a session of two players has ended: who abort too often are kept apart."""
        self._tables.change(lambda step: _record(step, players, session_id, aborted, now))
        if self._tables.size(LAST_ABORTED) > MAX_PAIRS:
            self._forget_all(Span(LAST_ABORTED, limit=1))

    def forget_old(self, now: float) -> None:
        """Forget the pairs that are no longer kept apart."""
        self._forget_all(Span(LAST_ABORTED, high=now - KEPT_APART_SECONDS))

    def _forget_all(self, span: Span) -> None:
        for pair in self._tables.keys(span):
            self._tables.change(partial(_forget_pair, pair=pair))


def _record(
    step: Step, players: Collection[str], session_id: str, aborted: bool, now: float
) -> None:
    pair = _key(players)
    known = step.get(ABORTED, pair)
    if not aborted:
        if known is not None:
            _forget(step, pair, known)
            for login in players:  # they may meet again
                queue.look_at_once(step, login)
        return
    after = (known or AbortedSessions()).add(session_id, now)
    step.put(ABORTED, pair, after)
    if after.too_often:
        step.put(APART, pair, after.at)


def _forget_pair(step: Step, pair: str) -> None:
    """Forget what a pair has aborted."""
    if known := step.get(ABORTED, pair):
        _forget(step, pair, known)


def kept_apart(step: Step, pairs: Iterable[Collection[str]], now: float) -> Apart:
    """Return until when those of these pairs are kept apart that are."""
    by_key = {_key(players): frozenset(players) for players in pairs}
    aborted_at = step.peek(APART, by_key)
    return {
        pair: at + KEPT_APART_SECONDS for key, pair in by_key.items()
        if (at := aborted_at[key]) is not None and at + KEPT_APART_SECONDS > now
    }


def _forget(step: Step, pair: str, known: AbortedSessions) -> None:
    step.drop(ABORTED, pair, known)
    step.drop(APART, pair)


def _key(players: Collection[str]) -> str:
    return " ".join(sorted(players))
