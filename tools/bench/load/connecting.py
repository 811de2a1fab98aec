"""Opens connections and begins sessions, a few at a time."""

import asyncio

from tools.bench.load.connection import Connection, Refused
from tools.bench.load.play import (
    MAX_ATTEMPTS,
    PAUSE_AFTER_ERROR_SECONDS,
    Pair,
    begin_patiently,
)

CONNECTING_AT_ONCE = 32
BEGINNING_AT_ONCE = 16


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
