"""Tables in Redis that any number of processes change at once, each change whole or not at all.

A change reads what it needs, decides, and is then committed by a script on the server: only if all
that it has read is still so. Else it is made again from the beginning, by what is so now.
"""

import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, TypeVar

from extensions.errors import StorageAway, StorageBusy
from extensions.storage.redis_client import RedisClient

_log = logging.getLogger(__name__)

PREFIX = "{arbiter:searcher}:"  # the braces keep it all on one node of a cluster
VERSIONS = f"{PREFIX}versions"
ATTEMPTS = 50
COMMITTED_FOR = 60  # seconds

# KEYS: who has committed, the versions, and then the tables. ARGV: how many there are of each kind,
# and then what is expected of fields (an empty text: that there is none) and of the versions of
# tables, and what is to be put and dropped. A table is given by its place among the keys.
COMMIT = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 1 end
local at = 5
local function take()
  at = at + 1
  return ARGV[at - 1]
end
for _ = 1, tonumber(ARGV[1]) do
  local key, field, value = KEYS[tonumber(take())], take(), take()
  if (redis.call('HGET', key, field) or '') ~= value then return 0 end
end
for _ = 1, tonumber(ARGV[2]) do
  local key, value = KEYS[tonumber(take())], take()
  if (redis.call('HGET', KEYS[2], key) or '') ~= value then return 0 end
end
for _ = 1, tonumber(ARGV[3]) do
  local key, field, value = KEYS[tonumber(take())], take(), take()
  redis.call('HSET', key, field, value)
  -- A table begins with a version that it has not had, so that none is taken for an earlier one.
  redis.call('HSETNX', KEYS[2], key, ARGV[#ARGV])
  redis.call('HINCRBY', KEYS[2], key, 1)
end
for _ = 1, tonumber(ARGV[4]) do
  local key, field = KEYS[tonumber(take())], take()
  redis.call('HDEL', key, field)
  if redis.call('EXISTS', key) == 1 then
    redis.call('HINCRBY', KEYS[2], key, 1)
  else
    redis.call('HDEL', KEYS[2], key)
  end
end
redis.call('SET', KEYS[1], 1, 'EX', %d)
return 1
""" % COMMITTED_FOR

Answer = TypeVar("Answer")


def as_far_as_it_goes(
    changes: Callable[..., Iterator[Answer]]
) -> Callable[..., list[Answer]]:
    """Have a method that makes one change after another answer all that it yields, as a list.

    Where Redis fails on the way, what was yielded is answered: it is done, and somebody must hear
    of it. Raises StorageAway where nothing was.
    """
    @wraps(changes)
    def make_all(*args, **kwargs):
        made = []
        try:
            for each in changes(*args, **kwargs):
                made.append(each)
        except StorageAway as error:
            if not made:
                raise
            _log.warning("%s has got only so far: %r", changes.__name__, error)
        return made

    return make_all


class Tables(RedisClient):
    """Tables of JSON values by names; raises StorageAway where Redis does not answer."""

    def __init__(self, url: str, connections: int = 20):
        super().__init__(url, connections)
        self._commit = self.script(COMMIT)

    def all(self, table: str) -> dict[str, Any]:
        """All that is in a table at this moment."""
        found = self.call(lambda client: client.hgetall(PREFIX + table))
        return {name: json.loads(raw) for name, raw in found.items()}

    def count(self, table: str) -> int:
        return self.call(lambda client: client.hlen(PREFIX + table))

    def change(self, decide: Callable[["Change"], Answer]) -> Answer:
        """Make one change: what `decide` answers. It may be called more than once."""
        for attempt in range(ATTEMPTS):
            change = Change(self)
            answer = decide(change)
            if change.commit():
                return answer
            time.sleep(0.001 * attempt * (secrets.randbelow(10) / 10))
        raise StorageBusy("Too many searches change at once")

    def commit(self, keys: list[str], values: list[Any]) -> bool:
        """Run the script that commits a change, or does not."""
        return self._commit(keys, values) == 1

    # What may be lost: it is kept apart from the changes, each value for a time of its own.

    def recall(self, name: str) -> Any:
        """What was noted under a name, while it lasts."""
        raw = self.call(lambda client: client.get(PREFIX + name))
        return None if raw is None else json.loads(raw)

    def note(self, name: str, value: Any, seconds: float) -> None:
        """Note a value for so many seconds."""
        milliseconds = max(int(seconds * 1000), 1)
        self.call(lambda client: client.set(PREFIX + name, json.dumps(value), px=milliseconds))

    def forget(self, name: str) -> None:
        self.call(lambda client: client.delete(PREFIX + name))


class Change:
    """What one change has read, and what it will write."""

    def __init__(self, tables: Tables):
        self._tables = tables
        self._read: dict[tuple[str, str], str] = {}
        self._versions: dict[str, str] = {}
        self._written: dict[tuple[str, str], str | None] = {}

    def get(self, table: str, name: str) -> Any:
        """A value, or None."""
        return self.get_many(table, [name])[name]

    def get_many(self, table: str, names: Iterable[str]) -> dict[str, Any]:
        """Values by names; None where there is none."""
        names = list(names)
        if not names:
            return {}
        found = self._tables.call(lambda client: client.hmget(PREFIX + table, names))
        for name, raw in zip(names, found, strict=True):
            self._read.setdefault((table, name), raw or "")
        return {
            name: json.loads(raw) if raw else None for name, raw in zip(names, found, strict=True)
        }

    def peek(self, table: str, names: Iterable[str]) -> dict[str, Any]:
        """Values that the change does not depend on."""
        read = dict(self._read)
        found = self.get_many(table, names)
        self._read = read
        return found

    def all(self, table: str) -> dict[str, Any]:
        """All that is in a table; the change is made only if nothing comes in meanwhile."""
        def ask(client):
            both = client.pipeline(transaction=True)
            both.hgetall(PREFIX + table).hget(VERSIONS, PREFIX + table)
            return both.execute()

        found, version = self._tables.call(ask)
        self._versions[table] = version or ""
        return {name: json.loads(raw) for name, raw in found.items()}

    def put(self, table: str, name: str, value: Any) -> None:
        self._written[table, name] = json.dumps(value)

    def drop(self, table: str, name: str) -> None:
        self._written[table, name] = None

    def commit(self) -> bool:
        """Write all, if all that was read is still so."""
        if not self._written and len(self._read) + len(self._versions) < 2:
            return True  # what was read at one moment was so
        tables = sorted({table for table, _ in [*self._read, *self._written]} | {*self._versions})
        place = {table: number for number, table in enumerate(tables, start=3)}
        put = [(place[table], name, raw) for (table, name), raw in self._written.items() if raw]
        drop = [(place[table], name) for (table, name), raw in self._written.items() if not raw]
        read = [(place[table], name, raw) for (table, name), raw in self._read.items()]
        versions = [(place[table], version) for table, version in self._versions.items()]
        kinds = (read, versions, put, drop)
        values = [len(each) for each in kinds]
        for kind in kinds:
            for each in kind:
                values += each
        name = secrets.token_hex(8)  # a commit that is sent twice is made once
        keys = [f"{PREFIX}committed:{name}", VERSIONS, *(PREFIX + table for table in tables)]
        # The last value is a version that no table has had.
        values.append(secrets.randbelow(2**40))
        return self._tables.commit(keys, values)
