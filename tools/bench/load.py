"""The load: players on real sockets, in a process of its own, who play as fast as answered.

Written so that the load itself costs little, for it shares the machine with what it measures: raw
WebSocket frames, games that were thought out before, and no message parsed that need not be.
"""

import json
import random
import socket
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import eventlet
from eventlet.event import Event
from eventlet.queue import LightQueue

from arbiter_games.dobutsu import Dobutsu

PASSWORD = "correct horse battery"
STATE_CHANGED = b'{"jsonrpc":"2.0","method":"session.state_changed"'
NOTIFICATION = b'{"jsonrpc":"2.0","method":'
NO_MASK = b"\0\0\0\0"  # a client masks its frames; with this key they stay as they are
LONG_GAME = 60


class Player:
    """A socket whose answers and events are told apart as they come."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._number = 0
        self._answers: dict[int, Event] = {}
        self.moves_seen: LightQueue = LightQueue()
        self._shake_hands(parts)
        eventlet.spawn_n(self._read)

    def call(self, method: str, **params):
        """What the method answers."""
        self._number += 1
        answered = self._answers[self._number] = Event()
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        message = answered.wait()
        if "error" in message:
            raise RuntimeError(message["error"]["message"])
        return message["result"]

    def close(self) -> None:
        """Break the connection off."""
        self._socket.shutdown(socket.SHUT_RDWR)  # which ends its reader too

    def _shake_hands(self, parts) -> None:
        self._socket.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._socket.recv(65536)
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"The server does not upgrade: {head[:80]!r}")

    def _send(self, message: dict) -> None:
        data = json.dumps(message).encode()
        size = len(data)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._socket.sendall(b"\x81" + length + NO_MASK + data)

    def _read(self) -> None:
        while True:
            for opcode, data in self._frames():
                if opcode == 9:
                    self._socket.sendall(b"\x8a\x80" + NO_MASK)
                elif data.startswith(STATE_CHANGED):
                    self.moves_seen.put(time.perf_counter())
                elif opcode == 1 and not data.startswith(NOTIFICATION):
                    message = json.loads(data)
                    self._answers.pop(message["id"]).send(message)
            try:
                received = self._socket.recv(65536)
            except OSError:
                return
            if not received:
                return
            self._buffer += received

    def _frames(self):
        buffer, at = self._buffer, 0
        while len(buffer) >= at + 2:
            size, begin = buffer[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, begin = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if len(buffer) < begin + size:
                break
            yield buffer[at] & 15, buffer[begin : begin + size]
            at = begin + size
        self._buffer = buffer[at:]


@dataclass
class Tally:
    """What a run has counted: moves, and how long each took until the opponent had it."""

    running: bool = True
    moves: int = 0
    opponent_waits: list[float] = field(default_factory=list)
    began: float = 0.0
    games: int = 0
    pause: float = 0.0  # seconds from one move of a game to the next, where that is not at once

    def begin(self) -> None:
        self.moves = 0
        self.opponent_waits.clear()
        self.began = time.perf_counter()


def registered(url: str) -> Player:
    """A new player."""
    player = Player(url)
    player.login = f"p{uuid.uuid4().hex[:15]}"
    player.tokens = player.call("auth.register", login=player.login, password=PASSWORD)
    return player


def long_games(number: int, rng: random.Random) -> list[list[str]]:
    """Games of Dobutsu shogi in which nobody blunders, so that it is moves that are measured."""
    rules, games = Dobutsu(), []
    while len(games) < number:
        state, moves = rules.setup(2, {}, rng), []
        while (following := _safe_move(rules, state, rng)) is not None:
            move, state = following
            moves.append(move)
        if len(moves) >= LONG_GAME:
            games.append(moves)
    return games


def _safe_move(rules: Dobutsu, state, rng: random.Random):
    """A move after which neither side has won, or can at once; None where there is none."""
    [player] = rules.to_move(state)
    legal = rules.legal_moves(state, player)
    for move in rng.sample(legal, len(legal)):
        after = rules.apply(state, player, move)
        if rules.outcome(after) is None and all(
            rules.outcome(rules.apply(after, 1 - player, answer)) is None
            for answer in rules.legal_moves(after, 1 - player)
        ):
            return move, after
    return None


def play(one: Player, other: Player, games: list[list[str]], tally: Tally) -> None:
    """Play one game after the other for as long as the tally runs."""
    while tally.running:
        _begin_and_play(one, other, random.choice(games), tally)


def _begin_and_play(one: Player, other: Player, moves: list[str], tally: Tally) -> str:
    """Play a game from its beginning, in a session of its own: its id."""
    room = one.call("private_rooms.create", options={"rated": False})
    joined = other.call("private_rooms.join", connection_key=room["connection_key"])
    for player in (one, other):
        player.call("sessions.connect", session_id=joined["session_id"])
    _play_one(one, other, joined["session_id"], moves, tally)
    return joined["session_id"]


def _play_one(
    owner: Player, guest: Player, session_id: str, moves: list[str], tally: Tally
) -> None:
    turns = deque((owner, guest))
    for number, move in enumerate(moves):
        if not tally.running:
            return
        mover, waiter = turns
        sent = time.perf_counter()
        mover.call(
            "sessions.execute", session_id=session_id, command_id=str(number),
            command={"type": "move", "move": move},
        )
        tally.opponent_waits.append(waiter.moves_seen.get() - sent)
        mover.moves_seen.get()
        tally.moves += 1
        turns.rotate()
        if tally.pause:
            eventlet.sleep(max(sent + tally.pause - time.perf_counter(), 0))


def idle(url: str, tokens: list[str], number: int) -> list[Player]:
    """So many connections of these players, who hear what is for them and do nothing."""
    players = []
    for index in range(number):
        player = Player(url)
        player.call("auth.authenticate", access_token=tokens[index % len(tokens)])
        players.append(player)
    return players


def measure(url: str, games: int, seconds: float, warm_up: float = 2.0) -> dict:
    """Moves a second with so many games at once, and the opponent's wait in milliseconds."""
    tally, scripts = Tally(), long_games(10, random.Random(1))
    pairs = [(registered(url), registered(url)) for _ in range(games)]
    for pair in pairs:
        eventlet.spawn(play, *pair, scripts, tally)
    eventlet.sleep(warm_up)
    tally.begin()
    eventlet.sleep(seconds)
    moves, elapsed = tally.moves, time.perf_counter() - tally.began
    waits = sorted(tally.opponent_waits)
    tally.running = False
    return {
        "moves_per_second": moves / elapsed,
        "opponent_p50": 1000 * waits[len(waits) // 2],
        "opponent_p99": 1000 * waits[int(len(waits) * 0.99)],
    }


def soak(url: str, games: int, moves_per_second: float, seconds: float) -> dict:
    """Play so many games at a time at a rate, each on new connections; what it came to."""
    tally, scripts = Tally(pause=games / moves_per_second), long_games(10, random.Random(1))
    pairs = [(registered(url), registered(url)) for _ in range(games)]
    begun = [eventlet.spawn(_play_anew, url, *pair, scripts, tally) for pair in pairs]
    tally.begin()
    eventlet.sleep(seconds)
    tally.running = False
    for each in begun:
        each.wait()
    return {"moves": tally.moves, "games": tally.games}


def _play_anew(url: str, one: Player, other: Player, games: list[list[str]], tally: Tally) -> None:
    players = one, other
    while tally.running:
        session_id = _begin_and_play(*players, random.choice(games), tally)
        players[0].call(
            "sessions.execute", session_id=session_id, command_id="the end",
            command={"type": "resign"},
        )
        tally.games += 1
        players = tuple(_renewed(url, player) for player in players)


def _renewed(url: str, player: Player) -> Player:
    """The same player on a new connection, by a new token."""
    player.close()
    again = Player(url)
    refresh = player.tokens["refresh_token"]
    again.login, again.tokens = player.login, again.call("auth.refresh", refresh_token=refresh)
    again.call("auth.authenticate", access_token=again.tokens["access_token"])
    return again
