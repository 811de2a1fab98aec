"""A client of Redis with time limits, and with one error for whatever keeps it from serving."""

import logging
import re
from collections.abc import Callable
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from extensions.errors import StorageAway
from extensions.observability import metrics

_log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 2.0  # for an answer of Redis, and for a connection to it to come free

REPLICA_ERRORS = (redis.ReadOnlyError, redis.exceptions.MasterDownError)
# It does not run, is starting, has become a replica, or is full.
AWAY_ERRORS = (redis.ConnectionError, redis.TimeoutError, redis.OutOfMemoryError, *REPLICA_ERRORS)
# Refusals without a class of their own in the client, or not in scripts and pipelines: the disk is
# full, there are too few replicas, or a script runs for too long.
REFUSAL = re.compile(r"\b(MISCONF|NOREPLICAS|READONLY|OOM|MASTERDOWN|BUSY)\b")


class RedisClient:
    """A pool of connections that all greenthreads of a process share."""

    def __init__(self, url: str, connections: int = 20) -> None:
        self._pool = redis.BlockingConnectionPool.from_url(
            url, max_connections=connections, timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS,
            socket_keepalive=True, decode_responses=True,
            # A connection that a restart of Redis has cut is made anew, once. So whatever is asked
            # may be done twice.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
        self._client = redis.Redis(connection_pool=self._pool)

    def call(self, ask: Callable[[redis.Redis], Any]) -> Any:
        """Return the answer of Redis; raise StorageAway if it has none, or can't store."""
        try:
            return ask(self._client)
        except redis.RedisError as error:
            if not (isinstance(error, AWAY_ERRORS) or REFUSAL.search(str(error))):
                raise
            metrics.STORAGE_FAILURES.inc()
            reason = f"{type(error).__name__}: {error}"
            _log.warning("Redis is unavailable: %s", reason)
            if isinstance(error, REPLICA_ERRORS):  # its address may lead elsewhere now
                self._pool.disconnect(inuse_connections=False)
            raise StorageAway(f"Redis is unavailable ({reason})") from error

    def script(self, text: str) -> Callable[[list[str], list[Any]], Any]:
        """Return a script in Lua as a function of its keys and arguments; it raises as `call`."""
        script = self._client.register_script(text)
        return lambda keys, values: self.call(lambda _: script(keys=keys, args=values))

    def write(self, key: str) -> None:
        """Store a key that nobody reads, for a minute; raises as `call`."""
        self.call(lambda its: its.set(key, "", ex=60))

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
        self._pool.disconnect()
