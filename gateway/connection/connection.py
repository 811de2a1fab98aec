"""A connection: whose it is, which sessions it follows, what it searches for, what it is told."""

import time
from collections import deque
from contextlib import suppress
from weakref import WeakValueDictionary

from eventlet.semaphore import Semaphore

import auth.events
import searcher.events
import sessions.events
from extensions import request_id
from extensions.clock import timestamp
from extensions.errors import RateLimited
from gateway.connection.client import Client
from gateway.connection.session_subscription import SessionSubscription
from gateway.connection.websocket import WebSocket
from gateway.protocol import close_codes
from gateway.protocol.errors import AlreadyAuthenticated, Unavailable
from searcher.exceptions import SearchNotStarted
from sessions.exceptions import NotAMember, SessionNotFound

WARNED_BEFORE = 60.0  # seconds before the token expires
NOTICES_REMEMBERED = 64
MOST_FOLLOWED = 1000
FOLLOWED_FOR = 60.0  # seconds in which one of so many sessions will have ended, most likely
SEARCH_ENDS = (
    searcher.events.OPPONENT_FOUND, searcher.events.EXPIRED, searcher.events.STOPPED
)
TO_PLAYERS = (sessions.events.CREATED, sessions.events.REMATCH_ASKED)


class Connection(Client):
    """A connection, anonymous at first; once bound to a player, that player's for its life."""

    def __init__(self, gateway, socket: WebSocket, address: str = ""):
        super().__init__(gateway, socket, address)
        self.login: str | None = None
        self.family: str | None = None
        self.fingerprint: str | None = None
        self.came_at = 0.0  # when it became the player's
        self.identity_lock = Semaphore()
        self.followers: dict[str, SessionSubscription] = {}
        # Each for as long as somebody has or awaits it.
        self._turns: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()
        self.search_lock = Semaphore()  # its starts and stops, served in the order they came in
        self.searching: dict | None = None
        self.searching_since = 0.0
        self.searching_by: str | None = None  # the call that started it
        self._queue = None
        self._queue_lock = Semaphore()
        self._known_notices: deque[str] = deque(maxlen=NOTICES_REMEMBERED)

    def leave(self) -> None:
        """Leave everything, and have the services learn that it is gone."""
        super().leave()
        if self._queue is not None:
            self._gateway.inbox.close(self._queue)
        self._gateway.departures.add(self)

    # Whose it is

    def bind(
        self, login: str, expires_at: float, family: str, fingerprint: str | None = None
    ) -> None:
        """Make the connection a player's, or renew it, until the token of this family expires.

        The fingerprint is that of the password under which the token was issued. Raises
        AlreadyAuthenticated.
        """
        if self.login not in (None, login):
            raise AlreadyAuthenticated.of(
                f"This connection is {self.login}'s for its life", login=self.login
            )
        first = self.login is None
        self._hear(f"player.{login}.#")
        self.login, self.family, self.fingerprint = login, family, fingerprint
        remaining = max(expires_at - time.time(), 0)
        self.set_timer("warning", max(remaining - WARNED_BEFORE, 0), self._warn, expires_at)
        self.set_timer("expiry", remaining, self._expire)
        if first:
            self.came_at = time.time()
            self._gateway.came(self)

    def revoke(self, family: str | None) -> None:
        """End the connection if it was opened with a token of this family (None: with any)."""
        if family in (None, self.family):
            self.close_after_answers(close_codes.UNAUTHORIZED, "the access token has been revoked")

    def _warn(self, expires_at: float) -> None:
        params = {"at": timestamp(time.time()), "expires_at": timestamp(expires_at)}
        self.notify("auth.expiring", params)

    def _expire(self) -> None:
        self.close(close_codes.UNAUTHORIZED, "the access token has expired")

    # Sessions and searches

    def follow(self, session_id: str, since: int | None):
        """Connect to a session: the answer, and what lets the events through after it is sent."""
        with self._turn(session_id):
            known = self.followers.get(session_id)
            if known is None:
                self._make_room()
            follower = SessionSubscription(self, session_id, self.login)
            self.followers[session_id] = follower
            try:
                self._hear(*follower.keys)
                answer = self._connect(follower, since)
            except Exception as error:
                if not isinstance(error, SessionNotFound):
                    self._gateway.doubts.add(self, session_id)
                if known is not None:
                    self.followers[session_id] = known
                    follower.hand_over(known)
                else:
                    self._stop_hearing(follower)
                raise
            return answer, lambda: follower.begin(answer["session"])

    def _turn(self, session_id: str) -> Semaphore:
        """To be held while the session service is told whether this connection is in a session.

        Whoever asks for it gets it in the order of asking. Two calls under way at once may be
        served in either order, and what is so there would not be what is so here.
        """
        return self._turns.setdefault(session_id, Semaphore())

    def _connect(self, follower: SessionSubscription, since: int | None):
        answer = self._gateway.services.sessions.connect(
            follower.session_id, self.id, self._gateway.id, follower.viewer, since
        )
        if self.closed:
            self._gateway.departures.add(self)
        return answer

    def reconnect(self, session_id: str) -> None:
        """Connect again to a session, whose service has taken this gateway for lost."""
        try:
            self.settle(session_id)
        except Exception:
            self._gateway.doubts.add(self, session_id)
            raise

    def unfollow(self, session_id: str) -> None:
        """Disconnect from a session."""
        with self._turn(session_id):
            follower = self.followers.get(session_id)
            try:
                self._gateway.services.sessions.disconnect(session_id, self.id)
            except (NotAMember, SessionNotFound):
                self._stop_hearing(follower)  # it is there no more, or this connection not in it
                raise
            except Exception:
                self._gateway.doubts.add(self, session_id)
                raise
            self._stop_hearing(follower)

    def settle(self, session_id: str) -> None:
        """Have the session service know whether this connection is in a session, as it is here."""
        with self._turn(session_id), suppress(NotAMember, SessionNotFound):
            follower = None if self.closed else self.followers.get(session_id)
            if follower is None:
                self._gateway.services.sessions.disconnect(session_id, self.id)
            else:
                self._connect(follower, None)

    def _stop_hearing(self, follower: SessionSubscription | None) -> None:
        if follower is not None:
            del self.followers[follower.session_id]
            if self._queue is not None:
                self._gateway.inbox.unbind(self._queue, *follower.keys)

    def _make_room(self) -> None:
        """Where as many sessions are followed as may be, leave the first one that has ended."""
        if self._gateway.doubts.are_many(self):
            raise RateLimited.of(
                "Too many calls of this connection to connect were not answered",
                retry_after=FOLLOWED_FOR,
            )
        if len(self.followers) < MOST_FOLLOWED:
            return
        ended = next((each for each in self.followers.values() if each.ended), None)
        if ended is None:
            raise RateLimited.of(
                f"This connection is connected to {MOST_FOLLOWED} sessions that are under way, "
                "which is as many as one may be: disconnect from some of them",
                retry_after=FOLLOWED_FOR,
            )
        try:
            self.unfollow(ended.session_id)
        except (NotAMember, SessionNotFound):
            pass  # so much the better

    def search(self, search: dict) -> dict:
        """Start a search that belongs to this connection."""
        # Noted before it starts: who is found at once may be announced before the answer is here.
        before = self.searching, self.searching_since, self.searching_by
        since = self.searching_since if self.searching is search else time.time()
        self.searching, self.searching_since, self.searching_by = search, since, request_id.current()
        answer = None
        try:
            answer = self._gateway.services.searcher.start(
                self.login, connection_id=self.id, **search
            )
        finally:
            if self.searching is search and answer is None:
                self.searching, self.searching_since, self.searching_by = before
        if answer["status"] == "found" and self.searching is search:
            self.searching = None
        if answer["status"] == "searching" and self.searching is None:
            self._stop_again()
        if self.closed:
            # Its departure may have been told before the search was there to be stopped.
            self.searching = search
            self._gateway.departures.add(self)
        return answer

    def _stop_again(self) -> None:
        # The search has ended before its start was answered. Where a service died in between, the
        # broker has given the start out again, and it may have begun a second one.
        with suppress(SearchNotStarted, Unavailable):
            self._gateway.services.searcher.stop(self.login, self.id)

    # Events

    def _hear(self, *keys: str) -> None:
        with self._queue_lock:
            if self._queue is None:
                self._queue = self._gateway.inbox.open(self._on_event, *keys)
                if self.closed:  # meanwhile: it found no queue to be closed when it left
                    self._gateway.inbox.close(self._queue)
                return
            missing = [key for key in keys if key not in self._queue.keys]
        if missing:
            self._gateway.inbox.bind(self._queue, *missing)

    def _on_event(self, routing_key: str, body: dict) -> None:
        event, params = body["event"], body["params"]
        if event == auth.events.REVOKED:
            self.revoke(params["family"])
        elif event.startswith("session.") and event not in TO_PLAYERS:
            follower = self.followers.get(params["session_id"])
            if follower is not None:
                follower.take(routing_key, body)
        else:
            self.take_notice(body)

    def take_notice(self, body: dict) -> None:
        """Tell the client of what concerns its player, once however often it comes."""
        event, params = body["event"], body["params"]
        if body["id"] in self._known_notices:
            return
        self._known_notices.append(body["id"])
        if self._ends_search(body):
            self.searching = None
        if event != searcher.events.STOPPED:
            self.notify(event, params)

    def _ends_search(self, body: dict) -> bool:
        """Whether a notice tells of the end of this search: one of an earlier may come late."""
        params = body["params"]
        if body["event"] not in SEARCH_ENDS and params.get("searching") is not False:
            return False
        if "search" in body:
            return body["search"] == self.searching_by
        return params["at"] >= timestamp(self.searching_since)
