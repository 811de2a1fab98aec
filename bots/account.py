"""A bot's account: stays connected, accepts challenges, and plays what it has accepted."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bots import metrics
from bots.calls import all_items, call
from bots.entry import LockedOut, Terms, enter, is_computer
from bots.play import Agreed, Play
from bots.position import has_days, opponents
from bots.thinkers import Thinkers
from client import Client, Closed, Refused

_log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS, LOCKED_OUT_PAUSE_SECONDS = 0.5, 3.0, 60.0
GAMES_WITH_ONE_PLAYER = 3  # with days for each move, and as many others
MAX_DAYS_PLAYS = 80  # MAX_ACTIVE_SESSIONS, by default 100, counts them and the others

Params = dict[str, Any]


class BotAccount(threading.Thread):
    """One account, on one connection after another, until it is stopped."""

    def __init__(self, terms: Terms, thinkers: Thinkers) -> None:
        super().__init__(name=terms.login, daemon=True)
        self._terms = terms
        self._thinkers = thinkers
        self._stopping = threading.Event()
        self._plays: dict[str, Play] = {}
        self._waiting: dict[str, Params] = {}  # challenges that others have not accepted yet
        self._tokens: Params = {}
        self.is_online = False

    def run(self) -> None:
        """Serve challenges and sessions; connect again where the connection ends."""
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                with Client(self._terms.url) as client:
                    self._plays = {}
                    self._tokens = enter(client, self._terms)
                    pause = FIRST_PAUSE_SECONDS
                    with self._online():
                        self._serve(client)
            except (Closed, Refused, OSError) as error:  # a timeout is an OSError
                level = logging.WARNING if pause == FIRST_PAUSE_SECONDS else logging.DEBUG
                _log.log(level, "%s is offline: %s", self._terms.login, error)
            except LockedOut as error:
                _log.error("%s", error)
                self._stopping.wait(LOCKED_OUT_PAUSE_SECONDS)
            self._stopping.wait(pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)

    def stop(self) -> None:
        """End soon; sessions are left to whoever plays for this account next."""
        self._stopping.set()

    @contextmanager
    def _online(self) -> Iterator[None]:
        _log.info("%s is online", self._terms.login)
        self.is_online = True
        try:
            with metrics.ONLINE.track_inprogress():
                yield
        finally:
            self.is_online = False

    def _serve(self, client: Client) -> None:
        looked = -LOOK_SECONDS
        while not self._stopping.is_set():
            if time.monotonic() - looked >= LOOK_SECONDS:
                self._take_up(client)
                looked = time.monotonic()
            try:
                event = client.next_event(timeout=LOOK_SECONDS)
            except TimeoutError:
                continue
            params = event["params"]
            match event["method"]:
                case "room.challenged":
                    self._answer(client, params["room"])
                case "room.filled":
                    self._end_waiting(params["room"])
                    self._play(client, params["room"])
                case "room.closed" | "room.declined":
                    self._end_waiting(params["room"])
                case "session.created":
                    self._play(client, params["session"])
                case "session.rematch_asked":
                    self._rematch(client, params)
                case "auth.expiring":
                    self._renew(client)
            if play := self._plays.get(params.get("session_id", "")):
                play.events.put(event)

    def _take_up(self, client: Client) -> None:
        """Play and answer what is open, from before or of what nothing was told.

        A dead connection shows by this, too, as it does not answer.
        """
        login = self._terms.login
        for session in all_items(client, "sessions.list", login=login, status="active"):
            self._play(client, session)
        rooms = {room["room_id"]: room for room in all_items(client, "rooms.challenges")}
        self._waiting = {
            room_id: room for room_id, room in rooms.items() if login in room["players"]
        }
        for room in rooms.values():
            self._answer(client, room)

    def _answer(self, client: Client, room: Params) -> None:
        """Accept a challenge, or decline it with a reason."""
        is_own = room["owner"] == self._terms.login
        if is_own or room["status"] != "open" or room["room_id"] in self._waiting:
            return
        reason = self._refusal(room)
        try:
            if reason:
                call(client, "rooms.decline", room_id=room["room_id"], reason=reason)
                return
            room = call(client, "rooms.accept", room_id=room["room_id"])
        except Refused as error:
            _log.info("%s: a challenge is gone: %s", self._terms.login, error)
            return
        if room["session_id"]:
            self._play(client, room)
        else:
            self._waiting[room["room_id"]] = room

    def _refusal(self, room: Params) -> str | None:
        if room["game"] not in self._terms.games:
            return "game"
        return "busy" if self._is_busy([room["owner"]], has_days(room["options"])) else None

    def _is_busy(self, others: list[str], is_slow: bool) -> bool:
        """Return whether a game with these would be too much.

        Games that last for weeks keep nobody from one of minutes. A challenge that was accepted
        counts as a game with its owner.
        """
        games = [
            *((play.opponents, play.has_days) for play in list(self._plays.values())),
            *(([room["owner"]], has_days(room["options"])) for room in self._waiting.values()),
        ]
        alike = [players for players, slow in games if slow == is_slow]
        with_them = sum(not set(others).isdisjoint(players) for players in alike)
        most = MAX_DAYS_PLAYS if is_slow else self._terms.max_plays
        return len(alike) >= most or with_them >= GAMES_WITH_ONE_PLAYER

    def _rematch(self, client: Client, params: Params) -> None:
        """Agree to a rematch that a player asks for who is none of the computers."""
        login, session_id = self._terms.login, params["session_id"]
        if params["login"] is None or is_computer(params["login"]):
            return
        try:
            session = call(client, "sessions.get", session_id=session_id)
            others = [each for each in opponents(session, login) if not is_computer(each)]
            if not self._is_busy(others, has_days(session["options"])):
                call(client, "sessions.rematch", session_id=session_id)
        except Refused as error:
            _log.info("%s: no rematch: %s", login, error)

    def _end_waiting(self, room: Params) -> None:
        self._waiting.pop(room["room_id"], None)

    def _play(self, client: Client, agreed: Agreed) -> None:
        session_id = agreed["session_id"]
        if session_id in self._plays:
            return
        play = Play(
            client, self._terms.login, agreed, self._terms.level, self._thinkers,
            lambda: self._ended(session_id, play),
        )
        self._plays[session_id] = play
        play.start()

    def _ended(self, session_id: str, play: Play) -> None:
        if self._plays.get(session_id) is play:
            del self._plays[session_id]

    def _renew(self, client: Client) -> None:
        self._tokens = call(
            client, "auth.refresh", refresh_token=self._tokens["refresh_token"]
        )
        call(client, "auth.authenticate", access_token=self._tokens["access_token"])
