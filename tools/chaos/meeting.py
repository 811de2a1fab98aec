"""How a player of a pair gets into the next session with the other one."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from client import JsonObject, Refused
from tools.chaos.player import Player, Unanswered

ROOM_METHODS = {"room": ("rooms", "room_id"), "private room": ("private_rooms", "connection_key")}
# Refusals of what an unanswered request has done already, or while the other player is away.
TRANSIENT_REFUSALS = {"SearchAlreadyStarted", "AlreadyInRoom", "CannotRematch"}
SESSION_EVENT_TIMEOUT_SECONDS = 3.0  # until the lists are read instead
ROOM_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Plan:
    """How a player is to meet the other one for a game; `way` is one of GamePair's."""

    number: int
    way: str
    is_host: bool
    options: JsonObject
    last_session_id: str | None = None


class OpenedRooms:
    """Tells a player which room the other one has opened for a game."""

    def __init__(self) -> None:
        self._rooms: dict[int, str] = {}
        self._opened = threading.Condition()

    def announce(self, number: int, room: str) -> None:
        """Announce the id or key of the room for a game."""
        with self._opened:
            self._rooms[number] = room
            self._opened.notify_all()

    def wait_for(self, number: int, timeout: float) -> str | None:
        """Return the id or key of the room for a game; None where there is none in time."""
        with self._opened:
            self._opened.wait_for(lambda: number in self._rooms, timeout)
            return self._rooms.get(number)


class Meeting:
    """One player's way into a session; each step is repeated until it leads to one."""

    def __init__(
        self, player: Player, plan: Plan, rooms: OpenedRooms, playing: threading.Event
    ) -> None:
        self._player, self._plan, self._rooms, self._playing = player, plan, rooms, playing
        self._known = {stream.session_id for stream in player.streams}
        self._room: JsonObject | None = None

    def meet(self) -> str | None:
        """Return the session's id; None where `playing` was cleared before."""
        self._player.activity = f"meets by {self._plan.way}, for game {self._plan.number}"
        step = self._step()
        while self._playing.is_set():
            try:
                found = self._try(step) or self._await_session()
            except Unanswered:
                self._player.pause()
                continue
            if found is not None:
                return found
        return None

    def _step(self) -> Callable[[], str | None]:
        if self._plan.way in ROOM_METHODS:
            return self._host_room if self._plan.is_host else self._join_room
        is_rematch = self._plan.way == "rematch" and self._plan.last_session_id
        return self._ask_for_rematch if is_rematch else self._search

    def _try(self, step: Callable[[], str | None]) -> str | None:
        try:
            return step()
        except Refused as refusal:
            if refusal.type not in TRANSIENT_REFUSALS:
                self._player.errors.append(f"{self._player.login}, {self._plan.way}: {refusal}")
            return None

    def _search(self) -> str | None:
        if self._player.call("searcher.status")["status"] == "idle":
            if (found := self._listed_session()) is not None:
                return found
            self._player.call("searcher.start", options=self._plan.options)
        return None

    def _ask_for_rematch(self) -> None:
        self._player.call("sessions.rematch", session_id=self._plan.last_session_id)

    def _host_room(self) -> None:
        methods, name = ROOM_METHODS[self._plan.way]
        if self._room is None:
            self._room = self._player.call(f"{methods}.create", options=self._plan.options)
            self._rooms.announce(self._plan.number, self._room[name])
        elif self._player.call("rooms.get", room_id=self._room["room_id"])["status"] == "closed":
            self._room = None

    def _join_room(self) -> None:
        methods, name = ROOM_METHODS[self._plan.way]
        room = self._rooms.wait_for(self._plan.number, ROOM_TIMEOUT_SECONDS)
        if room is not None:
            self._player.call(f"{methods}.join", **{name: room})

    def _await_session(self) -> str | None:
        """Return the new session by its event, or by the list if the event may be lost."""
        deadline = time.monotonic() + SESSION_EVENT_TIMEOUT_SECONDS
        while (remaining := deadline - time.monotonic()) > 0:
            event = self._player.next_event(remaining)
            if event and event["method"] == "session.created":
                session_id: str = event["params"]["session_id"]
                if session_id not in self._known:
                    return session_id
        return self._listed_session()

    def _listed_session(self) -> str | None:
        listed = self._player.call("sessions.list", login=self._player.login, limit=10)
        ids = [each["session_id"] for each in listed["items"]]
        return next((each for each in ids if each not in self._known), None)
