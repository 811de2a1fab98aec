"""How a player plays one session to its end."""

import random
import threading

from client import JsonObject, Notification
from tools.chaos.player import Player

THINKING_SECONDS = (0.2, 0.8)  # before a command
# Without an event for so long, look whether the player is to stop.
EVENT_TIMEOUT_SECONDS = 1.0
LION_SPARING_PROBABILITY = 0.9  # so that games last longer
OFFER_PROBABILITY, RESIGN_PROBABILITY = 0.01, 0.002
ACCEPT_PROBABILITY, DECLINE_PROBABILITY = 0.3, 0.3


class SessionPlay:
    """One player's part of one session, with commands for as long as `playing` is set."""

    def __init__(self, player: Player, session_id: str, playing: threading.Event) -> None:
        self._player, self._session_id, self._playing = player, session_id, playing
        self._awaited_version = 0  # that of the player's own last command
        self._version = 0
        self._legal: list[str] = []
        self._board: JsonObject = {}
        self._draw_offered_by: str | None = None
        self._ended = False

    def play(self) -> None:
        """Play until the session has ended and the player was told so."""
        self._player.activity = f"plays {self._session_id}"
        self._player.follow(self._session_id)
        while not self._player.stopping.is_set():
            self._take_snapshot()
            if self._ended:
                return
            is_up_to_date = self._version >= self._awaited_version
            if is_up_to_date and self._legal and self._playing.is_set():
                self._send_command()
            else:
                self._take_event(self._player.next_event(EVENT_TIMEOUT_SECONDS))

    def _take_snapshot(self) -> None:
        session, self._player.snapshot = self._player.snapshot, None
        if session is not None:
            self._version, self._legal = session["version"], session["legal"]
            self._board = session["state"]["board"]
            self._draw_offered_by = session["draw_offered_by"]
            self._ended = session["status"] == "ended"

    def _take_event(self, event: Notification | None) -> None:
        if event is None or event["params"].get("session_id") != self._session_id:
            return
        name, params = event["method"], event["params"]
        if "version" not in params or params["version"] <= self._version:
            return
        self._version = params["version"]
        self._ended = name == "session.ended"
        if name == "session.state_changed":
            self._legal, self._board = params["legal"], params["state"]["board"]
            self._draw_offered_by = params["draw_offered_by"]
        elif name == "session.draw_offered":
            self._draw_offered_by = params["login"]
        elif name == "session.draw_declined":
            self._draw_offered_by = None

    def _send_command(self) -> None:
        thought = self._player.rng.uniform(*THINKING_SECONDS)
        self._player.stopping.wait(thought)
        command = self._choose(self._player.rng)
        version = self._player.execute(self._session_id, command, self._version, thought)
        # A refused command was overtaken by an event that is still to come.
        self._awaited_version = self._version + 1 if version is None else version

    def _choose(self, rng: random.Random) -> JsonObject:
        drawn = rng.random()
        if self._draw_offered_by not in (None, self._player.login):
            if drawn < ACCEPT_PROBABILITY:
                return {"type": "accept_draw"}
            if drawn < ACCEPT_PROBABILITY + DECLINE_PROBABILITY:
                return {"type": "decline_draw"}
        elif drawn < RESIGN_PROBABILITY:
            return {"type": "resign"}
        elif drawn < RESIGN_PROBABILITY + OFFER_PROBABILITY and self._draw_offered_by is None:
            return {"type": "offer_draw"}
        return {"type": "move", "move": self._choose_move(rng)}

    def _choose_move(self, rng: random.Random) -> str:
        quiet = [move for move in self._legal if not self._captures_lion(move)]
        spares = quiet and rng.random() < LION_SPARING_PROBABILITY
        return rng.choice(quiet if spares else self._legal)

    def _captures_lion(self, move: str) -> bool:
        captured = self._board.get(move[2:4])
        return captured is not None and captured["piece"] == "lion"
