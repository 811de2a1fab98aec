"""Families in Redis, for any number of instances: they run out there by themselves."""

from auth.families import Pair
from extensions.storage.redis_client import RedisClient

PREFIX = "{arbiter:auth}:"  # the braces keep it all on one node of a cluster

# Both scripts have two KEYS, which are of one player: refresh tokens by families, and families by
# when they run out. Neither outlives the last of the families.
OUTLIVE = """
local function outlive(milliseconds)
  for _, key in ipairs(KEYS) do
    if redis.call('PTTL', key) < milliseconds then redis.call('PEXPIRE', key, milliseconds) end
  end
end
"""

# ARGV: the family, its refresh token, when it runs out, the milliseconds until then, and the time.
BEGIN = OUTLIVE + """
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])) do
  redis.call('HDEL', KEYS[1], old)
  redis.call('ZREM', KEYS[2], old)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
outlive(tonumber(ARGV[4]))
"""

# ARGV: the family, the token that is used, the next one, when that runs out, and the milliseconds
# until then.
ROTATE = OUTLIVE + """
local known = redis.call('HGET', KEYS[1], ARGV[1])
-- Where its answer was lost this is asked again, and has been done: no token is used twice.
if known == ARGV[3] then return 1 end
if known ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
outlive(tonumber(ARGV[5]))
return 1
"""


class RedisFamilies:
    """The same as SqlFamilies, to all who use it."""

    def __init__(self, client: RedisClient):
        self._client = client
        self._begin = client.script(BEGIN)
        self._rotate = client.script(ROTATE)

    def begin(
        self, login: str, family: str, refresh_id: str, expires_at: float, now: float
    ) -> None:
        lasts = _milliseconds(expires_at - now)
        self._begin(_keys(login), [family, refresh_id, expires_at, lasts, now])

    def good(self, login: str, family: str) -> bool:
        return bool(self._client.call(lambda redis: redis.hexists(_keys(login)[0], family)))

    def ended(self, pairs: list[Pair]) -> list[Pair]:
        def ask(redis):
            all_of_them = redis.pipeline(transaction=False)
            for login, family in pairs:
                all_of_them.hexists(_keys(login)[0], family)
            return all_of_them.execute()

        return [pair for pair, good in zip(pairs, self._client.call(ask), strict=True) if not good]

    def rotate(
        self, login: str, family: str, spent: str, refresh_id: str, expires_at: float, now: float
    ) -> bool:
        lasts = _milliseconds(expires_at - now)
        return self._rotate(_keys(login), [family, spent, refresh_id, expires_at, lasts]) == 1

    def kill(self, login: str, family: str) -> None:
        tokens, ends = _keys(login)

        def ask(redis):
            both = redis.pipeline(transaction=True)
            both.hdel(tokens, family).zrem(ends, family)
            both.execute()

        self._client.call(ask)

    def kill_all_of(self, login: str) -> None:
        self._client.call(lambda redis: redis.delete(*_keys(login)))

    def sweep(self, now: float) -> None:
        pass  # a player's run out together with the last of them, and others' with the next login


def _keys(login: str) -> list[str]:
    return [f"{PREFIX}families:{login}", f"{PREFIX}ends:{login}"]


def _milliseconds(seconds: float) -> int:
    return max(int(seconds * 1000), 1)
