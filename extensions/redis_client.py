"""Redis as services reach it: with time limits, and with one error for all that is in the way."""

import logging
from collections.abc import Callable
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from extensions.errors import StorageAway

_log = logging.getLogger(__name__)

TIMEOUT = 2.0  # seconds for an answer of Redis, and for a connection to it to come free

# It is gone, or starting, or has become a replica, or is full.
AWAY = (redis.ConnectionError, redis.TimeoutError, redis.ReadOnlyError, redis.OutOfMemoryError)


class RedisClient:
    """A pool of connections that all greenthreads of a process share."""

    def __init__(self, url: str, connections: int = 20):
        pool = redis.BlockingConnectionPool.from_url(
            url, max_connections=connections, timeout=TIMEOUT, socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT, socket_keepalive=True, decode_responses=True,
            # A connection that a restart of Redis has cut is made anew, once. So whatever is asked
            # may be done twice.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
        self._client = redis.Redis(connection_pool=pool)

    def call(self, ask: Callable[[redis.Redis], Any]) -> Any:
        """What Redis answers. Raises StorageAway where it does not."""
        try:
            return ask(self._client)
        except AWAY as error:
            _log.warning("Redis does not answer: %r", error)
            raise StorageAway(f"Redis does not answer ({type(error).__name__})") from error

    def script(self, text: str) -> Callable[[list[str], list[Any]], Any]:
        """A script in Lua as a function of its keys and arguments; raises as `call` does."""
        script = self._client.register_script(text)
        return lambda keys, values: self.call(lambda _: script(keys=keys, args=values))

    def close(self) -> None:
        self._client.close()
        self._client.connection_pool.disconnect()
