"""Plays one session to its end, in a thread of its own."""

import logging
import queue
import threading
from collections.abc import Callable
from random import choice
from typing import Any

from bots import metrics
from bots.calls import call
from bots.engines.seen import Seen
from bots.entry import is_computer
from bots.position import Position, has_days, opponents
from bots.thinkers import Task, Thinkers, Undecided
from client import Client, Closed, Notification, Refused

_log = logging.getLogger(__name__)

QUIET_SECONDS = 60.0
TAKEBACK_OFFERED = "session.takeback_offered"
OVERTAKEN = ("StaleVersion", "NotYourTurn", "SessionEnded", "InvalidCommand", "NoDrawOffered",
             "NoTakebackOffered", "CannotTakeBack")
# What a bot does about an offer of an opponent; moves are taken back in unrated games only.
REPLIES = {"draw_offered_by": "decline_draw", "takeback_offered_by": "accept_takeback"}

Agreed = dict[str, Any]  # a session, or the room that it comes of


class Play(threading.Thread):
    """One session that a bot plays. `events` takes the notifications of the session."""

    def __init__(
        self, client: Client, login: str, agreed: Agreed, level: int, thinkers: Thinkers,
        over: Callable[[], None],
    ) -> None:
        super().__init__(name=f"{login} {agreed['session_id']}", daemon=True)
        self.events: queue.Queue[Notification] = queue.Queue()
        self.opponents = opponents(agreed, login)
        self.has_days = has_days(agreed["options"])
        self._client = client
        self._login = login
        self._session_id = agreed["session_id"]
        self._level = level
        self._thinkers = thinkers
        self._over = over

    def run(self) -> None:
        """Play until the session or the connection ends."""
        try:
            with metrics.GAMES.track_inprogress():
                self._play()
        except Closed:
            pass  # on the next connection, the bot goes on
        except TimeoutError:
            self._client.drop()  # it is dead, and the next one may not be
        except Refused as error:
            _log.warning("session %s is given up: %s", self._session_id, error)
        finally:
            self._over()

    def _play(self) -> None:
        position = self._connected()
        while not position.is_over:
            if offer := position.pop_offer():
                done = self._execute(position, {"type": REPLIES[offer]})
                position.awaited = max(position.awaited, done or 0)
            elif self.events.empty() and self._is_deserted(position):
                self._resign(position)
            elif self.events.empty() and position.is_to_move:
                self._move(position)
            else:
                event = self._next_event(position)
                if event is None or not position.take(event["method"], event["params"]):
                    position = self._connected()

    def _resign(self, position: Position) -> None:
        done = self._execute(position, {"type": "resign"})
        position.gone.add(self._login)  # once is enough, whatever has come of it
        position.awaited = position.version + 1 if done is None else done

    def _is_deserted(self, position: Position) -> bool:
        """Return whether all people have left, and the built-in bots would play on alone."""
        people = {login for login in self.opponents if not is_computer(login)}
        return bool(people) and people <= position.gone and self._login not in position.gone

    def _connected(self) -> Position:
        """Return the session with all that has been shown of it."""
        answer = self._call("sessions.connect", since=0)
        first = self._call("sessions.initial_state")
        before = first.get("before", {"state": first["state"], "moves": ()})
        position = Position(self._login, answer["session"], before["state"], before["moves"])
        position.replay(answer["events"])
        page = answer["next"]
        while page is not None:
            history = self._call("sessions.history", since=page)
            position.replay(history["events"])
            page = history["next"]
        return position

    def _move(self, position: Position) -> None:
        version, chosen = position.version, self._chosen(position)
        if any(event["method"] == TAKEBACK_OFFERED for event in list(self.events.queue)):
            return  # it came meanwhile, and the move would end it
        done = self._execute(position, {"type": "move", "move": chosen}, version)
        position.awaited = version + 1 if done is None else done

    def _chosen(self, position: Position) -> Any:
        """Return the move that an engine chooses; one by lot where none does in time."""
        seen: Seen = position.seen()
        try:
            chosen = self._thinkers.choose(
                Task(seen, self._level, position.left, position.increment)
            )
        except Undecided as error:
            _log.warning("session %s: a move by lot, as %s", self._session_id, error)
            return choice(seen.legal)  # nosec B311 # not a secret
        metrics.MOVES.labels(chosen.engine).inc()
        position.checkpoint = chosen.checkpoint
        return chosen.move

    def _next_event(self, position: Position) -> Notification | None:
        """Return the next event; None where one was missed.

        After a long silence, the victory is claimed that an opponent has left behind.
        """
        while True:
            try:
                return self.events.get(timeout=QUIET_SECONDS)
            except queue.Empty:
                session = self._call("sessions.get")
            if session["version"] > position.version:
                return None
            if "claim_victory" in session["claims"]:
                self._execute(position, {"type": "claim_victory"})

    def _execute(
        self, position: Position, command: dict[str, Any], version: int | None = None
    ) -> int | None:
        """Give a command; return the version that it has made, None if events came before it."""
        try:
            answer = self._call("sessions.execute", command=command, version=version)
        except Refused as error:
            if error.type in OVERTAKEN:
                return None
            raise
        made: int = answer["version"]
        return made

    def _call(self, method: str, **params: Any) -> Any:
        return call(self._client, method, session_id=self._session_id, **params)
