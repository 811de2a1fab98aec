"""The greenthreads in which a service does its work: each is used again for the next piece of work.

To make one takes several system calls, as Python maps a stack for it, and unmaps that at its end.
"""

from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Any

import eventlet
from eventlet.event import Event
from eventlet.greenpool import GreenPool
from eventlet.hubs import get_hub
from greenlet import greenlet

from extensions.observability import health


class Worker(greenlet):
    """A greenthread that does one piece of work after the other, each in a context of its own."""

    def __init__(self, pool: "WorkerPool") -> None:
        super().__init__(self._work_for_ever, get_hub().greenlet)
        self._pool = pool
        self._next: Any = None

    def begin(self, work: Callable[[], None]) -> None:
        """Do something in the hub's next turn; for an idle worker."""
        self._next = work
        get_hub().schedule_call_global(0, self.switch)

    def kill(self) -> None:
        """Interrupt the work, and end."""
        eventlet.kill(self)

    def _work_for_ever(self) -> None:
        while True:
            work, self._next = self._next, None
            try:
                Context().run(work)
            finally:
                health.attach(self, None)
                self._pool.end_work(self)
            del work  # or what belongs to it would be kept until the next one begins
            self._pool.idle.append(self)
            get_hub().switch()


class WorkerPool(GreenPool):
    """At most so many workers, which are made when they are needed first."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.idle: list[Worker] = []

    def spawn(self, work: Callable[..., None], *arguments: Any) -> Worker:
        """Have a worker do something soon, and return the worker; waits until one is free."""
        self.sem.acquire()
        worker = self.idle.pop() if self.idle else Worker(self)
        if not self.coroutines_running:
            self.no_coros_running = Event()
        self.coroutines_running.add(worker)
        worker.begin(partial(work, *arguments))
        return worker

    def waitall(self) -> None:
        """Wait until all work is done, and end the workers."""
        super().waitall()
        while self.idle:
            self.idle.pop().kill()

    def end_work(self, worker: Worker) -> None:
        """Count a worker's work as done."""
        self._spawn_done(worker)
