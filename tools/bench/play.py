"""Pairs of players who play scripted games of Dobutsu shogi, as fast as answered or at a rate."""

import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import eventlet

from arbiter_games.dobutsu import Dobutsu
from tools.bench.client import Player

Pair = tuple[Player, Player]
Script = list[str]  # the moves of a game

MIN_SCRIPT_MOVES = 60


@dataclass
class Tally:
    """What a run counts: moves and games, and how long each move took to reach the opponent.

    `pause` is the time in seconds from one move of a game to the next; 0: as fast as answered.
    """

    pause: float = 0.0
    running: bool = True
    moves: int = 0
    games: int = 0
    opponent_seconds: list[float] = field(default_factory=list)
    began_at: float = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self.moves = self.games = 0
        self.opponent_seconds.clear()
        self.began_at = time.perf_counter()

    @property
    def moves_per_second(self) -> float:
        return self.moves / (time.perf_counter() - self.began_at)


def long_scripts(number: int, rng: random.Random) -> list[Script]:
    """Return games in which nobody blunders, so that few games begin and end."""
    rules = Dobutsu()
    scripts: list[Script] = []
    while len(scripts) < number:
        state = rules.setup(2, {}, rng)
        moves: Script = []
        while (step := _safe_move(rules, state, rng)) is not None:
            move, state = step
            moves.append(move)
        if len(moves) >= MIN_SCRIPT_MOVES:
            scripts.append(moves)
    return scripts


def _safe_move(rules: Dobutsu, state: Any, rng: random.Random) -> tuple[str, Any] | None:
    """Return a move after which neither side has won or can win at once; None if there is none."""
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


def play_on(pair: Pair, scripts: list[Script], tally: Tally) -> None:
    """Play one game after another while the tally runs."""
    while tally.running:
        play_game(pair, random.choice(scripts), tally)
        tally.games += 1


def play_on_new_connections(url: str, pair: Pair, scripts: list[Script], tally: Tally) -> None:
    """Play while the tally runs; resign each game, and connect again for the next one."""
    while tally.running:
        session_id = play_game(pair, random.choice(scripts), tally)
        pair[0].call(
            "sessions.execute", session_id=session_id, command_id="the end",
            command={"type": "resign"},
        )
        tally.games += 1
        for player in pair:
            player.close()
        pair = Player(url, pair[0]), Player(url, pair[1])


def play_game(pair: Pair, script: Script, tally: Tally) -> str:
    """Begin a session in a private room, play the moves, and return the session's id."""
    host, guest = pair
    room = host.call("private_rooms.create", options={"rated": False})
    joined = guest.call("private_rooms.join", connection_key=room["connection_key"])
    session_id: str = joined["session_id"]
    for player in pair:
        player.call("sessions.connect", session_id=session_id)
    turns = deque(pair)
    for number, move in enumerate(script):
        if not tally.running:
            break
        mover, opponent = turns
        _move(mover, opponent, session_id, number, move, tally)
        turns.rotate()
    return session_id


def _move(
    mover: Player, opponent: Player, session_id: str, number: int, move: str, tally: Tally
) -> None:
    """Make a move; return when both players have seen it, and after the tally's pause."""
    sent_at = time.perf_counter()
    mover.call(
        "sessions.execute", session_id=session_id, command_id=str(number),
        command={"type": "move", "move": move},
    )
    tally.opponent_seconds.append(opponent.moves_seen.get() - sent_at)
    mover.moves_seen.get()
    tally.moves += 1
    if tally.pause:
        eventlet.sleep(max(sent_at + tally.pause - time.perf_counter(), 0))
