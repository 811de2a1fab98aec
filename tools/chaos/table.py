"""Two players who meet and play, game after game, each in a thread of its own."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from tools.chaos.player import Away, Player
from tools.demo.client import Refused

WAYS = ("search", "room", "private room", "rematch")
THINKING = (0.2, 0.8)  # seconds before a move
ROOMS = {"room": ("rooms", "room_id"), "private room": ("private_rooms", "connection_key")}
# Said of what has been done already; and of the other one's absence, which passes.
PASSING = {"SearchAlreadyStarted", "AlreadyInRoom", "CannotRematch"}
FOUND_WITHIN = 3.0  # seconds for the news of a session, until the lists are looked at
SILENCE = 1.0  # seconds without an event until it is looked whether all are to leave
FORBEARING = 0.9  # of the lions that could be taken are left, so that games last longer
OFFERING, RESIGNING, ACCEPTING, DECLINING = 0.01, 0.002, 0.3, 0.3


class Table:
    """A pair of players. How they meet for each game follows from the seed."""

    def __init__(self, number: int, players: tuple[Player, Player], seed: int) -> None:
        self.number = number
        self.players = players
        self.playing = threading.Event()
        self.playing.set()
        # Only these two have such a clock, and so find each other by search.
        clock = {"initial": 60 + 2 * number, "increment": 2}
        self.options = {"clock": clock, "rated": True}
        self._seed = seed
        self._offers: dict[int, str] = {}
        self._offered = threading.Condition()
        self._threads = [
            threading.Thread(target=self._sit, args=(seat,), daemon=True) for seat in (0, 1)
        ]

    def start(self) -> None:
        """Have both begin."""
        for thread in self._threads:
            thread.start()

    def halt(self) -> None:
        """Have nobody make a further move; both go on to listen."""
        self.playing.clear()

    def standing(self) -> str:
        """Return what both players do now, for who looks into why they can't go on."""
        return "; ".join(
            f"{player.login} {player.doing}, has seen version"
            f" {player.streams[-1].version if player.streams else None}"
            for player in self.players
        )

    def _sit(self, seat: int) -> None:
        player = self.players[seat]
        number, session_id = 0, None
        while self.playing.is_set():
            session_id = Meeting(self, player, number, session_id).meet()
            if session_id is not None:
                Play(self, player, session_id).play()
            number += 1

    def way(self, number: int) -> str:
        """Return how the two meet for their game of this number."""
        ways = WAYS if number else WAYS[:-1]
        return random.Random(f"{self._seed} {self.number} {number}").choice(ways)

    def offer(self, number: int, name: str) -> None:
        """Tell the other one which room to join for this game."""
        with self._offered:
            self._offers[number] = name
            self._offered.notify_all()

    def offered(self, number: int, timeout: float) -> str | None:
        """Return what the other one has offered for this game, None where there is nothing yet."""
        with self._offered:
            self._offered.wait_for(lambda: number in self._offers, timeout)
            return self._offers.get(number)


class Meeting:
    """One player's way into the next session with the other: what fails is tried again."""

    def __init__(
        self, table: Table, player: Player, number: int, last_session_id: str | None
    ) -> None:
        self._table, self._player, self._number = table, player, number
        self._last = last_session_id
        self._known = {stream.session_id for stream in player.streams}
        self._is_host = table.players[number % 2] is player
        self._room: dict[str, Any] | None = None

    def meet(self) -> str | None:
        """Return the session's id; None where there is to be no further game."""
        way = self._table.way(self._number)
        self._player.doing = f"meets by {way}, for game {self._number}"
        if way in ROOMS:
            step = self._host if self._is_host else self._join
        else:
            step = self._ask_again if way == "rematch" and self._last else self._search
        while self._table.playing.is_set():
            try:
                if (found := self._take(step, way) or self._await_session()) is not None:
                    return found
            except Away:
                self._player.pause()
        return None

    def _take(self, step: Callable[[str], str | None], way: str) -> str | None:
        try:
            return step(way)
        except Refused as refusal:
            if refusal.type not in PASSING:
                self._player.errors.append(f"{self._player.login}, {way}: {refusal}")
            return None

    def _search(self, way: str) -> str | None:
        if self._player.call("searcher.status")["status"] == "idle":
            if (found := self._listed()) is not None:
                return found
            self._player.call("searcher.start", options=self._table.options)
        return None

    def _ask_again(self, way: str) -> None:
        self._player.call("sessions.rematch", session_id=self._last)

    def _host(self, way: str) -> None:
        methods, what = ROOMS[way]
        if self._room is None:
            self._room = self._player.call(f"{methods}.create", options=self._table.options)
            self._table.offer(self._number, self._room[what])
        elif self._player.call("rooms.get", room_id=self._room["room_id"])["status"] == "closed":
            self._room = None

    def _join(self, way: str) -> None:
        methods, what = ROOMS[way]
        if (offer := self._table.offered(self._number, timeout=5)) is not None:
            self._player.call(f"{methods}.join", **{what: offer})

    def _await_session(self) -> str | None:
        """Return the session that has begun: by its event, or should that be lost, by the list."""
        until = time.monotonic() + FOUND_WITHIN
        while (remaining := until - time.monotonic()) > 0:
            event = self._player.next_event(remaining)
            if event and event["method"] == "session.created":
                if event["params"]["session_id"] not in self._known:
                    return event["params"]["session_id"]
        return self._listed()

    def _listed(self) -> str | None:
        listed = self._player.call("sessions.list", login=self._player.login, limit=10)
        ids = [each["session_id"] for each in listed["items"]]
        return next((each for each in ids if each not in self._known), None)


class Play:
    """One player's part of one session."""

    def __init__(self, table: Table, player: Player, session_id: str) -> None:
        self._table, self._player, self._session_id = table, player, session_id
        self._to_be_heard = 0  # the version of one's own last command

    def play(self) -> None:
        """Play until the session has ended, and has been seen to have ended."""
        self._player.doing = f"plays {self._session_id}"
        self._player.follow(self._session_id)
        while not self._player.leaving.is_set():
            self._take_up()
            if self._ended:
                return
            heard = self._version >= self._to_be_heard
            if heard and self._legal and self._table.playing.is_set():
                self._command()
            else:
                self._hear(self._player.next_event(SILENCE))

    def _take_up(self) -> None:
        session, self._player.snapshot = self._player.snapshot, None
        if session is not None:
            self._version, self._legal = session["version"], session["legal"]
            self._board = session["state"]["board"]
            self._offered_by = session["draw_offered_by"]
            self._ended = session["status"] == "ended"

    def _hear(self, event: dict[str, Any] | None) -> None:
        if event is None or event["params"].get("session_id") != self._session_id:
            return
        name, params = event["method"], event["params"]
        if "version" not in params or params["version"] <= self._version:
            return
        self._version = params["version"]
        self._ended = name == "session.ended"
        if name == "session.state_changed":
            self._legal, self._board = params["legal"], params["state"]["board"]
            self._offered_by = params["draw_offered_by"]
        elif name == "session.draw_offered":
            self._offered_by = params["login"]
        elif name == "session.draw_declined":
            self._offered_by = None

    def _command(self) -> None:
        rng = self._player.rng
        thought = rng.uniform(*THINKING)
        self._player.leaving.wait(thought)
        command = self._choose(rng)
        version = self._player.execute(self._session_id, command, self._version, thought)
        # Where it was refused, something has happened that is still to be heard of.
        self._to_be_heard = self._version + 1 if version is None else version

    def _choose(self, rng: random.Random) -> dict[str, Any]:
        drawn = rng.random()
        if self._offered_by not in (None, self._player.login):
            if drawn < ACCEPTING:
                return {"type": "accept_draw"}
            if drawn < ACCEPTING + DECLINING:
                return {"type": "decline_draw"}
        elif drawn < RESIGNING:
            return {"type": "resign"}
        elif drawn < RESIGNING + OFFERING and self._offered_by is None:
            return {"type": "offer_draw"}
        return {"type": "move", "move": self._move(rng)}

    def _move(self, rng: random.Random) -> str:
        quiet = [move for move in self._legal if not self._takes_a_lion(move)]
        return rng.choice(quiet if quiet and rng.random() < FORBEARING else self._legal)

    def _takes_a_lion(self, move: str) -> bool:
        taken = self._board.get(move[2:4])
        return taken is not None and taken["piece"] == "lion"
