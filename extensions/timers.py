"""Timers that report their health, and log a failure once instead of at every tick."""

from typing import Any

from nameko.containers import WorkerContext
from nameko.timer import Timer as StockTimer

from extensions.amqp.publisher import NotPublished
from extensions.errors import UNANSWERED_ERRORS, ExcInfo, StorageAway
from extensions.observability import health

# Errors of unavailable systems are logged without a traceback.
TRANSIENT_ERRORS = (StorageAway, NotPublished, *UNANSWERED_ERRORS)


class Timer(StockTimer):
    """Nameko's timer, as a watched loop of its process."""

    def __init__(self, interval: float, **options: Any) -> None:
        # Whatever is raised is logged here, and so it is expected.
        super().__init__(interval, expected_exceptions=Exception, **options)

    def setup(self) -> None:
        self.health = health.of(self.container).watch(self.method_name, self.interval)

    def handle_timer_tick(self) -> None:
        worker = self.container.spawn_worker(self, (), {}, handle_result=self.handle_result)
        health.attach(self.container._worker_threads[worker], self.health)

    def handle_result(
        self, worker_ctx: WorkerContext, result: object, exc_info: ExcInfo | None
    ) -> object:
        if exc_info is None:
            self.health.succeeded()
        else:
            self.health.failed(exc_info[1], transient=isinstance(exc_info[1], TRANSIENT_ERRORS))
        return super().handle_result(worker_ctx, result, exc_info)


timer = Timer.decorator
