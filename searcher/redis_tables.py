"""Tables in Redis, for any number of instances: a step is committed by one script on the server.

Rows are JSON in hashes, orders are sorted sets. Each table that has rows has a version, which grows
with every change. Instances of the release before change rows and versions, and know no orders. So
it is noted at which version the orders of a table were right, and where that is not its version
now, they are made again from its rows before anything is looked for in them.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from redis import Redis
from redis.client import Pipeline

from extensions.errors import StorageBusy
from extensions.storage.redis_client import RedisClient
from searcher.redis_scripts import COMMIT, OUT_OF_ORDER, REORDER
from searcher.tables import ATTEMPTS, Found, Row, Span, Step, Table, Tables

PREFIX = "{arbiter:searcher}:"  # the braces keep it all on one node of a cluster
VERSIONS = f"{PREFIX}versions"  # of tables that have rows
ORDERED = f"{PREFIX}ordered"  # at which version the orders of a table were right
STEP_ID_BYTES = 8
STEP_ID_SECONDS = 60
COMMANDS_TOGETHER = 1000


class RedisTables(Tables):
    """Tables in Redis; all methods raise StorageAway where it does not answer.

    `table_named` tells which tables have rows in orders.
    """

    def __init__(self, client: RedisClient, table_named: Callable[[str], Table[Any] | None]):
        self.client = client
        self._table_named = table_named
        self._run_commit = client.script(COMMIT)
        self._run_reorder = client.script(REORDER)
        self._run_out_of_order = client.script(OUT_OF_ORDER)

    def fetch(self, table: Table[Row], keys: Sequence[str]) -> list[tuple[Any, Row | None]]:
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
        """Return the version of a table, at which its orders are right."""
        name = _key(table.name)
        for _ in range(ATTEMPTS):
            version, ordered = self._at_once(
                lambda asked: [asked.hget(VERSIONS, name), asked.hget(ORDERED, name)]
            )
            if version == ordered or not table.is_ordered:
                return version or ""
            self._reorder(table)
        raise StorageBusy("Too many searches change at once")

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
        keys = _Keys(VERSIONS, ORDERED, _key(f"committed:{secrets.token_hex(STEP_ID_BYTES)}"))
        kinds: tuple[list[tuple[Any, ...]], ...] = (
            [(keys.table(name), key, seen) for (name, key), seen in step.read.items()],
            [(keys.table(name), version) for name, version in step.watched.items()],
            [(keys.table(name),) for name, table in step.changed.items() if table.is_ordered],
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
        values: list[Any] = [STEP_ID_SECONDS, secrets.randbelow(2**40)]
        values += [len(kind) for kind in kinds]
        values += [value for kind in kinds for each in kind for value in each]
        return bool(self._run_commit(keys.names, values) == 1)

    def recall(self, name: str) -> Any:
        raw = self.client.call(lambda redis: redis.get(_key(name)))
        return None if raw is None else json.loads(raw)

    def note(self, name: str, value: Any, seconds: float) -> None:
        milliseconds = max(int(seconds * 1000), 1)
        self.client.call(lambda redis: redis.set(_key(name), json.dumps(value), px=milliseconds))

    def repair(self) -> None:
        for key in self._run_out_of_order([VERSIONS, ORDERED], []):
            table = self._table_named(key.removeprefix(PREFIX))
            if table is not None:
                self._reorder(table)

    def _reorder(self, table: Table[Any]) -> None:
        """Make the orders of a table again from its rows, unless it changes meanwhile."""
        name = _key(table.name)
        rows, version = self._at_once(
            lambda asked: [asked.hgetall(name), asked.hget(VERSIONS, name)]
        )
        keys = _Keys(VERSIONS, ORDERED, name, *map(_order_key, table.own_orders))
        values: list[Any] = [version or "", len(table.own_orders)]
        for key, raw in rows.items():
            for order, entry, score in table.entries(key, table.decode(key, json.loads(raw))):
                if score is not None:
                    values += (keys.order(order), entry, score)
        self._run_reorder(keys.names, values)

    def _at_once(self, ask: Callable[[Pipeline], object]) -> list[Any]:
        """Return the answers to several commands, as all was at one moment."""

        def execute(redis: Redis) -> list[Any]:
            asked = redis.pipeline(transaction=True)
            ask(asked)
            return list(asked.execute())

        answers: list[Any] = self.client.call(execute)
        return answers


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
