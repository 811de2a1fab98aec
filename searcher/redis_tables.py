"""Tables in Redis, for any number of instances: a step is committed by one script on the server.

Rows are JSON in hashes, orders are sorted sets. Each table that has rows has a version, which grows
with every change.
"""

import json
import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from redis import Redis

from extensions.storage.redis_client import RedisClient
from searcher.redis_scripts import COMMIT
from searcher.tables import Found, Row, Span, Step, Table, Tables

PREFIX = "{arbiter:searcher}:"  # the braces keep it all on one node of a cluster
VERSIONS = f"{PREFIX}versions"  # of tables that have rows
STEP_ID_BYTES = 8
STEP_ID_SECONDS = 60
COMMANDS_TOGETHER = 1000


class RedisTables(Tables):
    """Tables in Redis; all methods raise StorageAway where it does not answer."""

    def __init__(self, client: RedisClient):
        self.client = client
        self._run_commit = client.script(COMMIT)

    def fetch(self, table: Table[Row], keys: Sequence[str]) -> list[tuple[object, Row | None]]:
        if not keys:
            return []
        found = self.client.call(lambda redis: redis.hmget(_key(table.name), keys))
        return [
            (raw or "", table.decode(key, json.loads(raw)) if raw else None)
            for key, raw in zip(keys, found, strict=True)
        ]

    def count(self, table: Table[Any]) -> int:
        return int(self.client.call(lambda redis: redis.hlen(_key(table.name))))

    def names(self, prefix: str) -> list[str]:
        names = self.client.call(lambda redis: redis.hkeys(VERSIONS))
        return [
            name.removeprefix(PREFIX) for name in names if name.startswith(_key(prefix))
        ]

    def version(self, table: Table[Any]) -> str:
        return self.client.call(lambda redis: redis.hget(VERSIONS, _key(table.name))) or ""

    def scan(self, spans: Sequence[Span]) -> list[Found]:
        found: list[Found] = []
        for begin in range(0, len(spans), COMMANDS_TOGETHER):
            some = spans[begin : begin + COMMANDS_TOGETHER]
            found += self.client.call(partial(_scan, spans=some))
        return found

    def size(self, order: str) -> int:
        return int(self.client.call(lambda redis: redis.zcard(_order_key(order))))

    def commit(self, step: Step) -> bool:
        changes = step.written or step.dropped or step.placed
        if not changes and len(step.read) + len(step.watched) < 2:
            return True  # what was read at one moment was so
        # A commit that is sent twice is made once.
        keys = _Keys(VERSIONS, _key(f"committed:{secrets.token_hex(STEP_ID_BYTES)}"))
        kinds: tuple[list[tuple[object, ...]], ...] = (
            [(keys.table(name), key, seen) for (name, key), seen in step.read.items()],
            [(keys.table(name), version) for name, version in step.watched.items()],
            [
                (keys.table(name), key, json.dumps(step.changed[name].encode(row)))
                for (name, key), row in step.written.items()
            ],
            [(keys.table(name), key) for name, key in step.dropped],
            [
                (keys.order(name), key, score)
                for (name, key), score in step.placed.items() if score is not None
            ],
            [
                (keys.order(name), key)
                for (name, key), score in step.placed.items() if score is None
            ],
        )
        values: list[object] = [STEP_ID_SECONDS, secrets.randbelow(2**40)]
        values += [len(kind) for kind in kinds]
        values += [value for kind in kinds for each in kind for value in each]
        return bool(self._run_commit(keys.names, values) == 1)

    def recall(self, name: str) -> Any:
        raw = self.client.call(lambda redis: redis.get(_key(name)))
        return None if raw is None else json.loads(raw)

    def note(self, name: str, value: object, seconds: float) -> None:
        milliseconds = max(int(seconds * 1000), 1)
        self.client.call(lambda redis: redis.set(_key(name), json.dumps(value), px=milliseconds))


class _Keys:
    """The keys that a script is given, each with its place."""

    def __init__(self, *names: str):
        self._places = {name: place for place, name in enumerate(names, start=1)}

    @property
    def names(self) -> list[str]:
        return list(self._places)

    def table(self, name: str) -> int:
        return self._place(_key(name))

    def order(self, name: str) -> int:
        return self._place(_order_key(name))

    def _place(self, name: str) -> int:
        return self._places.setdefault(name, len(self._places) + 1)


def _key(name: str) -> str:
    return f"{PREFIX}{name}"


def _order_key(order: str) -> str:
    return f"{PREFIX}order:{order}"


def _scan(redis: Redis, spans: Sequence[Span]) -> list[Found]:
    asked = redis.pipeline(transaction=False)
    for order, low, high, limit in spans:
        asked.zrangebyscore(
            _order_key(order), low, high, None if limit is None else 0, limit, withscores=True
        )
    return list(asked.execute())
