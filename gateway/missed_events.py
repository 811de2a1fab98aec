"""Tells connections what they have missed while the gateway received no events."""

from collections.abc import Iterable, Iterator
from typing import Any

import eventlet

import searcher.events
from extensions.clock import MAX_CLOCK_SKEW_SECONDS
from gateway.broker.retry_queue import RetryQueue
from gateway.broker.service_apis import AuthApi, SessionsApi
from gateway.broker.service_event import ServiceEvent
from gateway.broker.service_types import SearchCriteria, StartedSession
from gateway.connection.connection import Connection
from gateway.connection.identity import Identity

MAX_CONCURRENT_FETCHES = 16


class MissedEvents:
    """Asks the services for what was announced in the meantime, until it is answered."""

    def __init__(self, auth: AuthApi, sessions: SessionsApi) -> None:
        self._auth, self._sessions = auth, sessions
        self._logins = RetryQueue("checks of logins", self._check_logins)
        self._started = RetryQueue("checks for started sessions", self._deliver_started)

    @property
    def idle(self) -> bool:
        """Whether all has been asked and answered."""
        return self._logins.idle and self._started.idle

    def fetch(self, connections: Iterable[Connection], missed_since: float) -> None:
        """Tell connections what they may have missed since a time, in seconds since the epoch."""
        connections = list(connections)
        players = [each for each in connections if each.login is not None]
        self._logins.add(*(each.identity for each in players))
        self._started.add(*((each, missed_since) for each in players))
        # Players wait for it, so many at a time, and nothing more happens in sessions that ended.
        fetches = eventlet.GreenPool(MAX_CONCURRENT_FETCHES)
        for connection in connections:
            for subscription in connection.subscriptions:
                if not subscription.ended:
                    fetches.spawn_n(subscription.fetch_missed)

    def check_login(self, identity: Identity) -> None:
        """Tell a connection how its login stands, as soon as auth can be asked."""
        self._logins.add(identity)

    def deliver_search_result(self, connection: Connection) -> bool:
        """Tell a connection of the session that its search has led to; False if there is none."""
        own = connection.search
        search = own.active
        if search is None:
            return True
        for started in self._started_since([search.login], search.since - MAX_CLOCK_SKEW_SECONDS):
            created = ServiceEvent.from_body(started["created_events"][search.login])
            connection.deliver_to_player(created)
            if _matches(search.criteria, created.params["session"]):
                found = _opponent_found(started["key"], search.login, created.params)
                connection.deliver_to_player(found)
                if own.active is search and started["started_at"] >= search.since:
                    # It was told already, as the result of another search.
                    own.end()
            if own.active is not search:
                return True
        return False

    def _check_logins(self, batch: list[Identity]) -> None:
        known = sorted({asked for each in batch if (asked := each.known_login()) is not None})
        if not known:
            return
        states = dict(zip(known, self._auth.login_states(known), strict=True))
        for identity in batch:
            if (asked := identity.known_login()) in states:
                identity.update(states[asked])

    def _deliver_started(self, batch: list[tuple[Connection, float]]) -> None:
        waiting = [
            (connection, max(since, connection.authenticated_at - MAX_CLOCK_SKEW_SECONDS))
            for connection, since in batch if not connection.is_closed()
        ]
        if not waiting:
            return
        logins = sorted({each.login for each, _ in waiting if each.login is not None})
        for started in self._started_since(logins, min(since for _, since in waiting)):
            for connection, since in waiting:
                created = started["created_events"].get(connection.login or "")
                if created is not None and started["started_at"] >= since:
                    connection.deliver_to_player(ServiceEvent.from_body(created))

    def _started_since(self, logins: list[str], since: float) -> Iterator[StartedSession]:
        position: tuple[float, str] | None = (since, "")
        while position is not None:
            page = self._sessions.list_started(logins, *position)
            yield from page["sessions"]
            position = page["next"]


def _matches(criteria: SearchCriteria, session: dict[str, Any]) -> bool:
    """Tell whether a session is of the kind that was searched for."""
    wanted = criteria["options"].items()
    return (
        session["game"] == criteria["game"]
        and len(session["players"]) == criteria.get("seats", 2)
        and all(session["options"].get(name) == value for name, value in wanted)
    )


def _opponent_found(key: str, login: str, created: dict[str, Any]) -> ServiceEvent:
    """Return what the searcher announces of a session, with the id that it gives it."""
    session = created["session"]
    place = session["players"].index(login)
    opponents = [*session["players"][place + 1 :], *session["players"][:place]]
    params = {
        "at": created["at"], "session_id": session["session_id"], "game": session["game"],
        "options": session["options"], "opponent": opponents[0], "opponents": opponents,
    }
    return ServiceEvent(searcher.events.OPPONENT_FOUND, params, f"{key}.{login}")
