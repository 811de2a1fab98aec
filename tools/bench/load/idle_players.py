"""Thousands of players in open sessions who do nothing, until their gateway dies."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import Any

from tools.bench.figures import Herd, PerUnit
from tools.bench.load.connecting import begin_all, connect_all, pairs_of
from tools.bench.load.connection import Connection, Refused
from tools.bench.load.moves import per_unit
from tools.bench.meter import Meter
from tools.bench.setup import Setup

CALL_TIMEOUT_SECONDS = 15.0
MAX_FIRST_PAUSE_SECONDS = 1.0  # before a client connects again, at random
PAUSES_SECONDS = (0.5, 1, 2, 4, 8)  # after each failure, as the web client waits
SETTLE_SECONDS = 0.5  # until all sockets of a gateway that was killed are closed
MAX_REASON, MAX_REASONS = 100, 10
HERD_SECONDS = 40.0  # after that, who is back is counted


@dataclass
class Member:
    """A player, who is connected to one session."""

    token: str
    connection: Connection
    session_id: str = ""
    back_at: float = 0.0


class IdlePlayers:
    """Connections of different players, each two of whom are in a session."""

    def __init__(self, setup: Setup, first_token: int) -> None:
        """Take the tokens from this one on."""
        self._setup, self._tokens = setup, setup.tokens[first_token:]
        self._members: list[Member] = []

    async def connect(self) -> PerUnit:
        """Open all connections and authenticate them; return what one cost."""
        meter = Meter(self._setup.pids, self._setup.helpers)
        connections = await connect_all(self._setup.url, self._tokens)
        self._members = [
            Member(token, each) for token, each in zip(self._tokens, connections, strict=True)
        ]
        return per_unit(meter.usage(), len(connections))

    async def begin(self) -> PerUnit:
        """Begin a session for each two; return what a beginning cost."""
        pairs = pairs_of([each.connection for each in self._members])
        meter = Meter(self._setup.pids, self._setup.helpers)
        ids = await begin_all(pairs)
        usage = meter.usage()
        for number, member in enumerate(self._members):
            member.session_id = ids[number // 2]
        return per_unit(usage, len(pairs))

    def arm(self, patiently: bool = True) -> None:
        """Have every player come back whose connection ends from now on.

        Patient ones wait for the turn that they are given; the others call again at once.
        """
        self._is_patient, self._turns, self._ended = patiently, 0, 0
        self._returning: list[asyncio.Task[None]] = []
        for member in self._members:
            member.connection.on_close = partial(self._lost, member)
        self._gone: list[Member] = []
        self._failures: Counter[str] = Counter()

    async def herd(self, killed_at: float, seconds: float = HERD_SECONDS) -> Herd:
        """Return how many are back, and when, of those on the gateway that was killed then."""
        while not self._gone:
            await asyncio.sleep(0.05)
        await asyncio.sleep(SETTLE_SECONDS)
        _, missing = await asyncio.wait(self._returning, timeout=seconds)
        times = [member.back_at for member in self._gone if member.back_at]
        if not times:
            raise RuntimeError(f"Nobody of {len(self._gone)} came back in {seconds:.0f} s.")
        last = time.time() if missing else max(times)
        for task in missing:
            task.cancel()
        return {
            "players": len(self._gone), "back": len(times), "seconds": last - killed_at,
            "per_second": len(times) / max(last - min(times), 1e-3),
            "ended": self._ended, "turns": self._turns, "cpu_ms_by_kind": {},
            "failures": dict(self._failures.most_common(MAX_REASONS)),
        }

    def _lost(self, member: Member) -> None:
        self._gone.append(member)
        self._returning.append(asyncio.create_task(self._come_back(member)))

    async def _come_back(self, member: Member) -> None:
        """Do what a client does: connect, authenticate, and connect to the session again."""
        await asyncio.sleep(random.uniform(0, MAX_FIRST_PAUSE_SECONDS))
        pauses = chain(PAUSES_SECONDS, repeat(PAUSES_SECONDS[-1]))
        for pause in pauses:
            try:
                async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
                    member.connection = await Connection.open(self._setup.url)
                await self._call(member, "auth.authenticate", access_token=member.token)
                answer = await self._call(
                    member, "sessions.connect", session_id=member.session_id, since=0
                )
                self._ended += answer["session"]["status"] != "active"
                member.back_at = time.time()
                return
            except (OSError, Refused) as error:
                self._failures[f"{type(error).__name__}: {error}"[:MAX_REASON]] += 1
                member.connection.close()
                await asyncio.sleep(random.uniform(0.5, 1.5) * pause)

    async def _call(self, member: Member, method: str, **params: object) -> Any:
        """Return the result of a method, which is called again where a turn is given."""
        while True:
            try:
                async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
                    return await member.connection.call(method, **params)
            except Refused as error:
                if error.retry_after is None:
                    raise
                self._turns += 1
                await asyncio.sleep(error.retry_after if self._is_patient else 0)
