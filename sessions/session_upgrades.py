"""Sees that sessions go on when rules change: upgrades them, or notes which rules are missing."""

import logging
from collections.abc import Callable

import eventlet

from sessions import deadlines, departures
from sessions.changes import attempt
from sessions.deadline_timer import DeadlineTimer
from sessions.dependencies import Dependencies
from sessions.game_registry import GameRegistry, Rules
from sessions.limited_game import LimitedGame
from sessions.match import Match, SessionEvent
from sessions.missing_rules import upgraded
from sessions.storage import SessionStore

_log = logging.getLogger(__name__)

MAX_SESSIONS_PER_BATCH = 25


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
        name, version = rules
        after: str | None = ""
        while after is not None:
            after = self._upgrade_batch(rules, after)
            eventlet.sleep(0)
        waiting = len(self._registry.not_upgraded)
        _log.info("Sessions of version %d of %s have been upgraded", version, name)
        if waiting:
            _log.error("%d sessions could not be upgraded, and wait for their rules", waiting)

    def _upgrade_batch(self, rules: Rules, after: str) -> str | None:
        """Upgrade a batch of sessions; return the last one's id, None where it is the last batch.
        """
        now, failed = self._clock(), self._registry.not_upgraded
        with self._store.transaction() as transaction:
            found = transaction.sessions.outdated(rules, after, MAX_SESSIONS_PER_BATCH)
            missed = transaction.missing_rules.missed(now).get(rules, 0.0)
            changes = []
            for match in found.matches:
                if match.session_id in failed:
                    continue
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
        ids = [*(each.session_id for each in found.matches), *found.unreadable]
        return max(ids) if len(ids) == MAX_SESSIONS_PER_BATCH else None


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
