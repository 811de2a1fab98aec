"""What gives the searcher its store."""

import logging
from functools import partial

from nameko.extensions import DependencyProvider

from extensions.errors import StorageAway
from extensions.storage.redis_client import RedisClient
from extensions.storage.write_probe import WriteProbe
from searcher.matching import Windows
from searcher.memory_tables import MemoryTables
from searcher.redis_tables import PREFIX, RedisTables
from searcher.storage import SearchStore
from searcher.tables import Tables

_log = logging.getLogger(__name__)


class SearchStoreProvider(DependencyProvider):
    """Gives all workers one store: of the process, or where REDIS_URL is set, of all processes."""

    probe: WriteProbe | None = None  # of Redis

    def setup(self) -> None:
        settings = self.container.settings
        windows = Windows(settings.search_window, settings.search_widening)
        tables: Tables = MemoryTables()
        if settings.redis_url:
            client = RedisClient(settings.redis_url, settings.connections)
            tables = RedisTables(client)
            write = partial(client.write, f"{PREFIX}probe")
            self.probe = WriteProbe(self.container, "storage", write)
        self.store = SearchStore(tables, windows, ready_check=settings.ready_check)

    def start(self) -> None:
        if self.probe:
            self.probe.start()

    def stop(self) -> None:
        if self.probe:
            self.probe.stop()

    def get_dependency(self, worker_ctx: object) -> SearchStore:
        return self.store

    def reachable(self) -> bool:
        """Tell whether the store can be reached, tried just now."""
        try:
            self.store.search_of("nobody")
        except StorageAway as error:
            _log.info("Redis can't be reached: %s", error)
            return False
        return True
