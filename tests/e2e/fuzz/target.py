"""Who sends what is made up, what there is that they may not see, and the games beside them."""

import json
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any

from sessions.commands import TYPES
from tests.client import Player
from tests.e2e.callers import ANONYMOUS, World
from tests.e2e.fuzz.pipelined_client import PipelinedClient
from tests.e2e.playing import begin, play_out

STRANGER, SPECTATOR, PLAYER = "stranger", "watcher", "player"
CALLERS = (ANONYMOUS, STRANGER, SPECTATOR, PLAYER)
NO_ID = "0" * 24
GAMES = ("dobutsu", "chess", "crazyhouse")  # not the one whose moves are hidden
MOVES = ["b2b3", "e2e4", "patrol@a1h", ""]


class GamesBeside(threading.Thread):
    """Two players who play one game after the other; `session_id` is that of the latest."""

    def __init__(self, one: Player, other: Player) -> None:
        super().__init__()
        self.players = (one, other)
        self.session_id = NO_ID
        self._number = 0
        self._is_over = threading.Event()
        self._failure: Exception | None = None

    @contextmanager
    def played(self) -> Iterator[None]:
        """Have them play meanwhile, and end the last game; raise what was wrong with one."""
        self.start()
        try:
            yield
        finally:
            self._is_over.set()
            self.join()
        if self._failure is not None:
            raise self._failure

    def run(self) -> None:
        """Play until it is over; a game that has begun is played to its end."""
        try:
            while not self._number or not self._is_over.is_set():
                self._play()
                self._number += 1
        except Exception as error:  # `played` raises it
            self._failure = error

    def _play(self) -> None:
        self.session_id = begin(*self.players)
        seen = play_out(self.players, self.session_id, seed=self._number)
        for player in self.players:
            stored = player.call("sessions.history", session_id=self.session_id)["events"]
            assert _moves(stored) == _moves(seen[player.login]) != []


class FuzzTarget:
    """All of Arbiter with a game of hidden moves, games beside, and callers of each kind."""

    def __init__(self, world: World, beside: GamesBeside) -> None:
        self.world, self.beside = world, beside
        self._games = cycle(GAMES)
        world.begin()
        for who in ("host", "member"):  # else it would end, and be shown
            world.socket(who).call("sessions.connect", session_id=world.session_id)

    def hidden_from(self, who: str) -> set[str]:
        """Return what a caller may be told in no answer and no event."""
        tokens = {
            each.tokens[kind] for each in self.beside.players
            for kind in ("access_token", "refresh_token")
        }
        return tokens | self.world.secrets(who) - {self.world.session_id}

    def enter(self, who: str) -> tuple[PipelinedClient, Mapping[str, Sequence[Any]]]:
        """Return a new connection of a caller, and what that caller knows."""
        token, known = self.caller(who)
        client = PipelinedClient(self.world.stack.url())
        if token:
            assert "result" in client.call("auth.authenticate", access_token=token)
        if who in (SPECTATOR, PLAYER):
            for session_id in {*known["session_id"]} - {NO_ID}:
                assert "result" in client.call("sessions.connect", session_id=session_id)
        return client, known

    def caller(self, who: str) -> tuple[str | None, Mapping[str, Sequence[Any]]]:
        """Return the token of a caller, and what that caller knows."""
        sessions, moves = [self.beside.session_id], MOVES
        if who == PLAYER:
            token = self.world.register(f"fuzz-{secrets.token_hex(6)}")["access_token"]
            session = self._begin_own(token)
            sessions, moves = [session["session_id"]], [*MOVES, *session["legal"][:3]]
            return token, self._known(sessions, moves, token)
        return self.world.token(who), self._known(sessions, moves, self.world.token(who))

    def _begin_own(self, token: str) -> Any:
        """Return a new session in which a player has the first move."""
        room = self.world.call("rooms.create", token, {"game": next(self._games)})
        joined = self.world.rpc("rooms.join", "keyed", room_id=room["room_id"])
        return self.world.call("sessions.get", token, {"session_id": joined["session_id"]})

    def _known(
        self, sessions: list[str], moves: list[Any], token: str | None
    ) -> dict[str, list[Any]]:
        clock = {"initial": 60, "increment": 1}
        return {
            "login": [*self.world.logins.values(), "nobody"],
            "game": ["dobutsu", "battleship", "chess", "none"],
            "session_id": [*sessions, self.world.session_id, NO_ID],
            "command": [
                *({"type": "move", "move": move} for move in moves), *({"type": t} for t in TYPES),
            ],
            "command_id": ["first", "second"], "version": [0, 1, 2], "since": [0, 1, 2],
            "options": [{"clock": clock, "rated": False}, {"clock": clock}, {"clock": None}, {}],
            "seats": [2], "limit": [1, 3], "status": ["active", "ended"], "rating_range": [100],
            "room_id": [NO_ID], "proposal_id": [NO_ID], "connection_key": ["0" * 8],
            "access_token": [token or "none"], "display_name": ["Ada"], "bio": ["Plays."],
        }


def told(messages: Sequence[Mapping[str, Any]], hidden: set[str]) -> set[str]:
    """Return what of the hidden is in messages."""
    text = "\n".join(map(json.dumps, messages))
    return {each for each in hidden if each in text}


def _moves(events: Sequence[Mapping[str, Any]]) -> list[tuple[int, Any]]:
    return [
        (each["version"], each["command"]) for each in events
        if each["type"] == "session.state_changed"
    ]
