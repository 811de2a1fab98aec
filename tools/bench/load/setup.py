"""What a load process is told of the server that it puts load on."""

import asyncio
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tools.bench.load.connection import Connection, Refused
from tools.bench.load.play import (
    MAX_ATTEMPTS,
    PAUSE_AFTER_ERROR_SECONDS,
    Pair,
    begin_patiently,
)

CONNECTING_AT_ONCE = 32
BEGINNING_AT_ONCE = 16


@dataclass
class Setup:
    """Where the server is, its processes by name, and access tokens of players.

    `helpers` are other processes of the bench that run meanwhile.
    """

    url: str
    tokens: list[str]
    pids: dict[str, int]
    helpers: dict[str, int] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> "Setup":
        """Read what was saved."""
        return cls(**json.loads(path.read_text()))


async def connect(url: str, token: str) -> Connection:
    """Return a connection of the player with this token."""
    connection = await Connection.open(url)
    try:
        await connection.call("auth.authenticate", access_token=token)
    except BaseException:  # also where it is cancelled
        connection.close()
        raise
    return connection


async def connect_all(url: str, tokens: list[str]) -> list[Connection]:
    """Return a connection for each token, opened a few at a time, and again where that fails."""
    turn = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def one(token: str) -> Connection:
        async with turn:
            for _ in range(MAX_ATTEMPTS - 1):
                try:
                    return await connect(url, token)
                except (OSError, Refused):
                    await asyncio.sleep(PAUSE_AFTER_ERROR_SECONDS)
            return await connect(url, token)

    return await asyncio.gather(*map(one, tokens))


async def begin_all(pairs: list[Pair]) -> list[str]:
    """Begin a session for each pair, a few at a time; return their ids."""
    turn = asyncio.Semaphore(BEGINNING_AT_ONCE)

    async def one(pair: Pair) -> str:
        async with turn:
            return await begin_patiently(pair)

    return await asyncio.gather(*map(one, pairs))


def pairs_of(connections: list[Connection]) -> list[Pair]:
    """Return each two neighbours as a pair."""
    return list(zip(connections[::2], connections[1::2], strict=True))
