"""Timers that note how they fare, and log that they fail once instead of at every tick."""

from nameko.timer import Timer as StockTimer

from extensions.amqp.publisher import NotPublished
from extensions.errors import StorageAway
from extensions.observability import health
from extensions.rpc.client import UNANSWERED

# What will be over some time, and is nobody's fault here.
PASSING = (StorageAway, NotPublished, *UNANSWERED)


class Timer(StockTimer):
    """Nameko's timer, as one of the vitals of its process."""

    def __init__(self, interval, **options):
        # Whatever is raised is logged here, and so it is expected.
        super().__init__(interval, expected_exceptions=Exception, **options)

    def setup(self):
        self.vital = health.of(self.container).watch(self.method_name, self.interval)

    def handle_timer_tick(self):
        worker = self.container.spawn_worker(self, (), {}, handle_result=self.handle_result)
        health.is_of(self.container._worker_threads[worker], self.vital)

    def handle_result(self, worker_ctx, result, exc_info):
        if exc_info is None:
            self.vital.ran()
        else:
            self.vital.failed(exc_info[1], passing=isinstance(exc_info[1], PASSING))
        return super().handle_result(worker_ctx, result, exc_info)


timer = Timer.decorator
