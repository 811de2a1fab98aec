"""Token families in Redis, for any number of instances: they expire there by themselves."""

from typing import Any

import redis

from auth.token_families import Pair
from extensions.storage.redis_client import RedisClient

PREFIX = "{arbiter:auth}:"  # the braces keep it all on one node of a cluster

# Both scripts have two KEYS which are of one player: refresh tokens by families, and families by
# when they expire. Neither key outlives the last of the families.
EXTEND = """
local function extend(milliseconds)
  for _, key in ipairs({KEYS[1], KEYS[2]}) do
    if redis.call('PTTL', key) < milliseconds then redis.call('PEXPIRE', key, milliseconds) end
  end
end
"""

# ARGV: the family, its refresh token, when it expires, the milliseconds until then, and the time.
ADD = EXTEND + """
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])) do
  redis.call('HDEL', KEYS[1], old)
  redis.call('ZREM', KEYS[2], old)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
extend(tonumber(ARGV[4]))
"""

# The third of its KEYS has until when the token that was used last can be used again.
# ARGV: the family, the token that is used, the next one, when that expires, the milliseconds until
# then, the time, until when the token can be used again, and the milliseconds until then.
ROTATE = EXTEND + """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known == ARGV[3] then
  return tonumber(ARGV[6]) < tonumber(redis.call('GET', KEYS[3]) or 0) and 1 or 0
end
if known ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[3], ARGV[7], 'PX', ARGV[8])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
extend(tonumber(ARGV[5]))
return 1
"""


class RedisFamilies:
    """The same as SqlFamilies, to all who use it."""

    def __init__(self, client: RedisClient, reuse_seconds: float = 30.0):
        self._client, self._reuse_seconds = client, reuse_seconds
        self._add = client.script(ADD)
        self._rotate = client.script(ROTATE)

    def add(self, login: str, family: str, refresh_id: str, expires_at: float, now: float) -> None:
        lifetime = _milliseconds(expires_at - now)
        self._add(_keys(login), [family, refresh_id, expires_at, lifetime, now])

    def is_valid(self, login: str, family: str) -> bool:
        return bool(self._client.call(lambda client: client.hexists(_keys(login)[0], family)))

    def ended(self, pairs: list[Pair]) -> list[Pair]:
        def ask(client: redis.Redis) -> list[Any]:
            pipeline = client.pipeline(transaction=False)
            for login, family in pairs:
                pipeline.hexists(_keys(login)[0], family)
            return pipeline.execute()

        known = self._client.call(ask)
        return [pair for pair, is_known in zip(pairs, known, strict=True) if not is_known]

    def oldest(self, login: str, kept: int) -> list[str]:
        expiries = _keys(login)[1]
        found: list[str] = self._client.call(lambda client: client.zrange(expiries, 0, -kept - 1))
        return found

    def rotate(
        self, login: str, family: str, used: str, refresh_id: str, expires_at: float, now: float
    ) -> bool:
        arguments = [
            family, used, refresh_id, expires_at, _milliseconds(expires_at - now),
            now, now + self._reuse_seconds, _milliseconds(self._reuse_seconds),
        ]
        return bool(self._rotate([*_keys(login), f"{PREFIX}used:{family}"], arguments) == 1)

    def revoke(self, login: str, family: str) -> None:
        tokens, expiries = _keys(login)

        def ask(client: redis.Redis) -> None:
            pipeline = client.pipeline(transaction=True)
            pipeline.hdel(tokens, family)
            pipeline.zrem(expiries, family)
            pipeline.execute()

        self._client.call(ask)

    def revoke_all(self, login: str) -> None:
        self._client.call(lambda client: client.delete(*_keys(login)))

    def sweep(self, now: float) -> None:
        pass  # a player's expire with the last of them, and others' are deleted by the next login


def _keys(login: str) -> list[str]:
    return [f"{PREFIX}families:{login}", f"{PREFIX}ends:{login}"]


def _milliseconds(seconds: float) -> int:
    return max(int(seconds * 1000), 1)
