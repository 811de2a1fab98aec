"""Redis as services reach it: with time limits, and with one error for all that is in the way."""

import logging
import re
from collections.abc import Callable
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from extensions.errors import StorageAway

_log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 2.0  # for an answer of Redis, and for a connection to it to come free

IS_REPLICA = (redis.ReadOnlyError, redis.exceptions.MasterDownError)
# It is gone, or starting, or has become a replica, or is full.
AWAY = (redis.ConnectionError, redis.TimeoutError, redis.OutOfMemoryError, *IS_REPLICA)
# What the client knows no class for, or not where a script or a pipeline has met with it: its disk
# takes nothing, too few replicas are there, or it is held up by a script.
REFUSES = re.compile(r"\b(MISCONF|NOREPLICAS|READONLY|OOM|MASTERDOWN|BUSY)\b")


class RedisClient:
    """A pool of connections that all greenthreads of a process share."""

    def __init__(self, url: str, connections: int = 20):
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
        """What Redis answers. Raises StorageAway where it does not, or can store nothing now."""
        try:
            return ask(self._client)
        except redis.RedisError as error:
            if not isinstance(error, AWAY) and not REFUSES.search(str(error)):
                raise
            reason = f"{type(error).__name__}: {error}"
            _log.warning("Redis does not serve: %s", reason)
            if isinstance(error, IS_REPLICA):  # where its address has moved, new ones lead there
                self._pool.disconnect(inuse_connections=False)
            raise StorageAway(f"Redis does not serve ({reason})") from error

    def script(self, text: str) -> Callable[[list[str], list[Any]], Any]:
        """A script in Lua as a function of its keys and arguments; raises as `call` does."""
        script = self._client.register_script(text)
        return lambda keys, values: self.call(lambda _: script(keys=keys, args=values))

    def close(self) -> None:
        self._client.close()
        self._pool.disconnect()
