"""Pairs of players who play scripted games, as fast as answered or at a rate."""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tools.bench.load.connection import Connection, Message, Refused
from tools.bench.load.scripts import Script

Pair = tuple[Connection, Connection]

OPTIONS = {"rated": False}
PAUSE_AFTER_ERROR_SECONDS = 0.5
MAX_ATTEMPTS = 20


@dataclass
class Tally:
    """What a run counts: moves, games, errors, and how long moves took to reach the opponent.

    `pause` is the time in seconds from one move of a game to the next; 0: as fast as answered.
    """

    pause: float = 0.0
    running: bool = True
    games: int = 0
    errors: list[str] = field(default_factory=list)
    delays: list[tuple[int, float]] = field(default_factory=list)  # of a ply, in seconds
    began_at: float = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self.games = 0
        self.errors.clear()
        self.delays.clear()
        self.began_at = time.perf_counter()

    @property
    def moves(self) -> int:
        return len(self.delays)

    def percentile_ms(self, percent: float, delays: Sequence[float] | None = None) -> float:
        """Return a percentile of the delays, of all if none are given, in milliseconds."""
        waits = sorted(delays if delays is not None else [seconds for _, seconds in self.delays])
        return 1000 * waits[min(int(len(waits) * percent / 100), len(waits) - 1)]


async def begin_session(pair: Pair) -> str:
    """Begin a session in a private room, connect both players to it, and return its id."""
    host, guest = pair
    room = await host.call("private_rooms.create", options=OPTIONS)
    key = room["connection_key"]
    try:
        session_id: str = (await guest.call("private_rooms.join", connection_key=key))["session_id"]
    except Refused:
        with suppress(Refused):  # a player may have few open rooms
            await host.call("private_rooms.close", connection_key=key)
        raise
    await asyncio.gather(*(
        player.call("sessions.connect", session_id=session_id) for player in pair
    ))
    return session_id


async def begin_patiently(pair: Pair) -> str:
    """Begin a session, and again where the server has no time for it; raises Refused at last."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return await begin_session(pair)
        except Refused:
            await asyncio.sleep(PAUSE_AFTER_ERROR_SECONDS)
    return await begin_session(pair)


async def play_on(
    pair: Pair, scripts: list[Script], tally: Tally, session_id: str,
    renew: Callable[[Pair], Awaitable[Pair]] | None = None,
) -> None:
    """Play a session that has begun, and then one game after another, while the tally runs.

    The first game begins a part of the pause late and is cut short, both at random, so that the
    pairs neither move nor begin their games all at once.
    `renew`, if given, returns the pair for the next game.
    """
    plies: int | None = random.randrange(2, len(scripts[0]))
    await asyncio.sleep(random.uniform(0, tally.pause))
    while tally.running:
        try:
            await Game(pair, session_id, random.choice(scripts), tally, plies).play()
            tally.games += 1
            if renew is not None:
                pair = await renew(pair)
        except (Refused, OSError) as error:
            tally.errors.append(str(error))
        plies = None
        if tally.running:
            session_id = await _begin_next(pair, tally)


async def _begin_next(pair: Pair, tally: Tally) -> str:
    """Begin the next session, however often it takes; each refusal counts as an error."""
    while True:
        try:
            return await begin_session(pair)
        except Refused as error:
            tally.errors.append(str(error))
            await asyncio.sleep(PAUSE_AFTER_ERROR_SECONDS)


class Game:
    """A session whose moves are made from a script; the next one when all have seen the last."""

    def __init__(
        self, pair: Pair, session_id: str, script: Script, tally: Tally, plies: int | None = None
    ) -> None:
        """Take all that a game needs, and after how many plies to resign, if before its end."""
        self._mover, self._opponent = pair
        self._session_id, self._script, self._tally = session_id, script, tally
        self._plies = min(plies or len(script), len(script))
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self.ply = 0
        self._awaited = 0
        self._sent_at = 0.0

    async def play(self) -> None:
        """Play to the end of the script, or of the tally, and resign then; raises Refused."""
        self._move()
        await self._over
        if self.ply < len(self._script):
            await self._mover.call(
                "sessions.execute", session_id=self._session_id, command_id=uuid.uuid4().hex,
                command={"type": "resign"},
            )

    def _move(self) -> None:
        self._awaited = 3
        self._mover.on_move = self._one_less
        self._opponent.on_move = self._opponent_sees
        self._sent_at = time.perf_counter()
        self._mover.request(
            "sessions.execute",
            f'{{"session_id":"{self._session_id}","command_id":"{self.ply}",'
            f'"command":{{"type":"move","move":"{self._script[self.ply]}"}}}}',
            self._answered,
        )

    def _answered(self, message: Message) -> None:
        if "error" not in message:
            self._one_less()
        elif not self._over.done():
            self._over.set_exception(Refused(message))

    def _opponent_sees(self) -> None:
        self._tally.delays.append((self.ply, time.perf_counter() - self._sent_at))
        self._one_less()

    def _one_less(self) -> None:
        self._awaited -= 1
        if self._awaited or self._over.done():
            return
        self.ply += 1
        self._mover, self._opponent = self._opponent, self._mover
        if self.ply == self._plies or not self._tally.running:
            self._over.set_result(None)
        elif self._tally.pause:
            self._loop.call_at(
                self._loop.time() + self._sent_at + self._tally.pause - time.perf_counter(),
                self._move,
            )
        else:
            self._move()
