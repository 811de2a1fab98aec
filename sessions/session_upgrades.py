"""Sees that sessions go on when rules change: upgrades them, or notes which rules are missing."""

import logging
from collections.abc import Callable, Sequence

import eventlet

from sessions import deadlines, departures
from sessions.changes import attempt
from sessions.deadline_timer import DeadlineTimer
from sessions.dependencies import Dependencies
from sessions.game_registry import GameRegistry, NotUpgraded, Rules
from sessions.limited_game import LimitedGame
from sessions.match import ACTIVE, Match, SessionEvent
from sessions.missing_rules import upgraded
from sessions.storage import SessionStore

_log = logging.getLogger(__name__)

MAX_SESSIONS_PER_BATCH = 25
MAX_NAMED_SESSIONS = 5
REPORT_INTERVAL_SECONDS = 3600.0


class SessionUpgrades:
    """Has sessions go on by the rules that are installed in this process, as far as they can."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], registry: GameRegistry,
        deadline_timer: DeadlineTimer,
    ) -> None:
        self._store, self._clock, self._registry = store, clock, registry
        self._deadlines = deadline_timer

    @classmethod
    def of(cls, service: Dependencies) -> "SessionUpgrades":
        """Return one that is made from the dependencies of a service."""
        timer = DeadlineTimer.of(service)
        return cls(SessionStore.of(service), service.clock, service.registry, timer)

    def check(self) -> None:
        """Upgrade the sessions of former rules that can be, and note which rules are missing."""
        self._deadlines.forgive_downtime()  # else an upgrade would take it off the clocks
        now, registry = self._clock(), self._registry
        with self._store.transaction() as transaction:
            transaction.forgive_missing_rules(now)
            needed = transaction.missing_rules.needed()
            absent = [rules for rules in needed if registry.installed(*rules) is None]
            transaction.missing_rules.note(absent, now)
            transaction.missing_rules.forget(needed)
        for rules in absent:
            if registry.upgrades(*rules):
                self._upgrade(rules)

    def _upgrade(self, rules: Rules) -> None:
        """Upgrade the sessions of former rules, in batches; those that fail wait as they are."""
        failed = self._registry.not_upgraded.setdefault(rules, NotUpgraded())
        with self._store.transaction() as transaction:
            outdated = transaction.sessions.outdated(rules)
        failed.sessions.intersection_update(outdated)
        known, number = len(failed.sessions), 0
        tried = [each for each in outdated if each not in failed.sessions]
        for begin in range(0, len(tried), MAX_SESSIONS_PER_BATCH):
            ids = tried[begin : begin + MAX_SESSIONS_PER_BATCH]
            number += self._upgrade_batch(rules, ids, failed.sessions)
            eventlet.sleep(0)
        if number:
            _log.info("%d sessions of version %d of %s are upgraded", number, *rules[::-1])
        if len(failed.sessions) > known:
            failed.logged_at = None
        self._report(rules, failed)

    def _upgrade_batch(self, rules: Rules, ids: Sequence[str], failed: set[str]) -> int:
        """Upgrade sessions of former rules, and note which ones fail; return how many do not."""
        now = self._clock()
        with self._store.transaction() as transaction:
            found = transaction.sessions.load(ids, lock=True)
            failed.update(set(ids) - set(found))  # what cannot be read
            missed = transaction.missing_rules.missed(now).get(rules, 0.0)
            changes = []
            for match in found.values():
                if match.status != ACTIVE or match.game.version != rules[1]:
                    continue  # it has ended, or been upgraded by another instance
                current = self._registry.require(rules[0], match.session_id)
                change = attempt(match, _change_rules, current, now, missed)
                if change is not None:
                    changes.append(change)
                elif current.suspension is None:  # else it is tried again
                    failed.add(match.session_id)
            transaction.save(changes)
            transaction.sessions.set_game_version(
                [change.match.session_id for change in changes],
                self._registry.games[rules[0]].version,
            )
        return len(changes)

    def _report(self, rules: Rules, failed: NotUpgraded) -> None:
        """Log which sessions wait: when there are more of them, and seldom from then on."""
        now, waiting = self._clock(), sorted(failed.sessions)
        is_due = failed.logged_at is None or now >= failed.logged_at + REPORT_INTERVAL_SECONDS
        if waiting and is_due:
            _log.error(
                "%d sessions of version %d of %s could not be upgraded, and wait for their rules:"
                " %s", len(waiting), *rules[::-1], ", ".join(waiting[:MAX_NAMED_SESSIONS]),
            )
            failed.logged_at = now


def _change_rules(
    match: Match, rules: LimitedGame, now: float, missed: float
) -> list[SessionEvent]:
    """Go on by these rules; the seconds in which there were none are held against nobody."""
    deadlines.postpone(match, missed)
    state = upgraded(rules, match.state, match.game.version)
    happened = match.change_rules(rules, state, now)
    if match.left:
        happened += departures.go_on(match, now)
    if match.to_move or happened[1:]:
        rules.view(state, None)
        return happened
    raise ValueError("there is nobody to move, and no outcome")
