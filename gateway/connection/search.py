"""The search for an opponent that belongs to one connection."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import searcher.events
from extensions import request_id
from extensions.clock import timestamp
from extensions.errors import RateLimited
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.broker.service_apis import SearcherApi
from gateway.broker.service_event import ServiceEvent
from gateway.broker.service_types import SearchCriteria
from gateway.connection.lock import Lock
from gateway.protocol.errors import Unavailable
from gateway.protocol.results import SearchFound, SearchStarted
from searcher.exceptions import SearchAlreadyStarted, SearchNotStarted

ENDING_EVENTS = (searcher.events.OPPONENT_FOUND, searcher.events.EXPIRED, searcher.events.STOPPED)


@dataclass(frozen=True)
class ActiveSearch:
    """A search that has been started: when, and by which request."""

    login: str
    criteria: SearchCriteria
    since: float  # in seconds since the epoch
    request_id: str | None


class Search:
    """Starts searches, and knows which one is active, if any.

    Whoever starts or stops one holds `lock`, so that these are served in the order of arrival.
    """

    def __init__(
        self, searcher: SearcherApi, connection_id: str, notifier: DisconnectNotifier,
        is_closed: Callable[[], bool],
    ) -> None:
        self._searcher, self._connection_id = searcher, connection_id
        self._notifier, self._is_closed = notifier, is_closed
        self.lock = Lock()
        self.active: ActiveSearch | None = None

    def start(self, login: str, criteria: SearchCriteria) -> SearchStarted | SearchFound:
        """Start a search."""
        return self._start(ActiveSearch(login, criteria, time.time(), request_id.current()))

    @property
    def renewable(self) -> ActiveSearch | None:
        """The active search, unless it is just being started: the searcher may not know it yet."""
        return None if self.lock.locked() else self.active

    def restart(self, lost: ActiveSearch, deliver_result: Callable[[], bool]) -> None:
        """Start again a search that the searcher has lost, as the same one.

        Unless it has ended meanwhile, as `deliver_result` may find out and tell the client.
        """
        with self.lock:
            if self._is_closed() or self.active is not lost or deliver_result():
                return
            try:
                with request_id.scope(lost.request_id):
                    self._start(lost)
            except (SearchAlreadyStarted, RateLimited):
                self.end()  # the player searches on another connection, or may not for a while

    def end_by(self, event: ServiceEvent) -> None:
        """End the search, if an event says so and is not about an earlier one."""
        if self.active is None:
            return
        if event.name not in ENDING_EVENTS and event.params.get("searching") is not False:
            return
        if event.search is not None:
            is_this_one = event.search == self.active.request_id
        else:
            is_this_one = event.params["at"] >= timestamp(self.active.since)
        if is_this_one:
            self.active = None

    def end(self) -> None:
        """Forget the search: it has ended, or may not be restarted."""
        self.active = None

    def leave(self) -> None:
        """Stop the search, as its connection is closed."""
        if self.active is not None:
            self._notifier.stop_search(self.active.login, self._connection_id)

    def _start(self, search: ActiveSearch) -> SearchStarted | SearchFound:
        # It is active before it starts: its end may be announced before the answer is here.
        before, self.active = self.active, search
        answer: SearchStarted | SearchFound | None = None
        try:
            answer = self._searcher.start(
                search.login, connection_id=self._connection_id, **search.criteria
            )
        finally:
            if self.active is search and answer is None:
                self.active = before
        if answer["status"] == "found" and self.active is search:
            self.active = None
        if answer["status"] == "searching" and self.active is None:
            self._stop_second_start(search.login)
        if self._is_closed():  # `leave` may have been served before the start
            self._notifier.stop_search(search.login, self._connection_id)
        return answer

    def _stop_second_start(self, login: str) -> None:
        # The search has ended before its start was answered. Where the searcher died in between,
        # the broker has delivered the start again, and it may have begun a second search.
        with suppress(SearchNotStarted, Unavailable):
            self._searcher.stop(login, self._connection_id)
