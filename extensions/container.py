"""The container of a service: how its process starts, checks its health, and ends.

The configuration names it (`SERVICE_CONTAINER_CLS`), and so `nameko run` takes it.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any

import eventlet
import eventlet.debug
from greenlet import GreenletExit
from nameko import containers
from nameko.containers import ServiceContainer, WorkerContext
from nameko.exceptions import ConfigurationError, ContainerBeingKilled
from nameko.extensions import DependencyProvider

from extensions import garbage
from extensions.observability import watchdog
from extensions.observability.health import ProcessHealth
from extensions.settings.loader import InvalidSettings, load_settings, warn_of_misspelt_variables
from extensions.worker_pool import WorkerPool

_log = logging.getLogger(__name__)
nameko_log = logging.getLogger(containers.__name__)

# Who starts the process has to wait longer than both before it is killed.
START_TIMEOUT_SECONDS = 1.0  # for a start that is almost done when the process is stopped
STOP_TIMEOUT_SECONDS = 8.0  # for calls under way to be finished


class Container(ServiceContainer):
    """Nameko's container, which can be stopped at any time, and any number of times."""

    def __init__(self, service_cls: Any, config: Mapping[str, Any]) -> None:
        """Take the configuration; raises SystemExit with what is wrong in it."""
        try:
            settings = load_settings(config, service_cls.name)
        except InvalidSettings as error:
            raise SystemExit(str(error)) from None
        # Those that wait need a connection to a database later, all at once at the worst.
        workers = settings.max_workers + getattr(service_cls, "waiting_workers", 0)
        self.settings = replace(settings, max_workers=workers)
        super().__init__(service_cls, self.settings.for_nameko())
        self._worker_pool = WorkerPool(workers)
        self.health = ProcessHealth()
        self._starting: Any = None  # the greenthread in which the extensions are started
        self._stopping = False
        self._error: BaseException | None = None  # that ends the process

    def start(self) -> None:
        """Start all extensions; returns also when it is stopped meanwhile.

        Raises SystemExit with the reason where the configuration does not allow a start.
        """
        warn_of_misspelt_variables()
        self._starting = eventlet.spawn(super().start)
        # Else an error is printed by each greenthread that it passes through.
        eventlet.debug.hub_exceptions(False)
        try:
            self._starting.wait()
            if not self._stopping:
                garbage.spare_lasting_objects()
                self.health.serves = True
                _log.info("%s takes calls", self.service_name)
                watchdog.watch(self.settings.stuck_process)
                self.spawn_managed_thread(self._judge)
        except GreenletExit:
            _log.info("%s was stopped while it was starting", self.service_name)
        except ConfigurationError as error:
            raise SystemExit(f"Error: {error}") from None
        finally:
            eventlet.debug.hub_exceptions(True)

    def stop(self) -> None:
        """Take no more work, finish what is under way, and end; at the latest in a fixed time."""
        self._end()
        with suppress(Exception, SystemExit):  # it was for `wait` to raise
            self._died.wait()

    def wait(self) -> None:
        """Return when it has ended; raise what it has ended for."""
        super().wait()
        if self._error is not None:
            raise self._error

    def kill(
        self, exc_info: tuple[type[BaseException], BaseException, TracebackType] | None = None
    ) -> None:
        self.health.clear()
        super().kill(exc_info)

    # Nameko's way of serving a request, without what nobody needs: a greenthread for each, calls of
    # dependencies that do nothing then, and preparations to log all of it.

    def spawn_worker(
        self, entrypoint: Any, args: Any, kwargs: Any, context_data: Any = None,
        handle_result: Any = None,
    ) -> WorkerContext:
        if self._being_killed:
            raise ContainerBeingKilled
        context = WorkerContext(self, self.service_cls(), entrypoint, args, kwargs, context_data)
        self._worker_threads[context] = self._worker_pool.spawn(self._work, context, handle_result)
        return context

    def _work(self, context: WorkerContext, handle_result: Any) -> None:
        failure: Any = None
        try:
            self._run_worker(context, handle_result)
        except Exception:  # of an extension, as what a method raises is its result
            failure = sys.exc_info()
        finally:
            self._worker_threads.pop(context, None)
        if failure is not None:
            nameko_log.critical("%s failed", context, exc_info=failure)
            self.kill(failure)

    def _run_worker(self, worker_ctx: WorkerContext, handle_result: Any) -> None:
        service, entrypoint = worker_ctx.service, worker_ctx.entrypoint
        for provider in self.dependencies:
            setattr(service, provider.attr_name, provider.get_dependency(worker_ctx))
        self._worker_setup(worker_ctx)
        result = exc_info = None
        try:
            result = getattr(service, entrypoint.method_name)(*worker_ctx.args, **worker_ctx.kwargs)
        except Exception as error:  # whatever it is
            exc_info = sys.exc_info()
            is_expected = isinstance(error, entrypoint.expected_exceptions)
            level = logging.WARNING if is_expected else logging.ERROR
            nameko_log.log(level, "%s failed: %s", worker_ctx, error, exc_info=exc_info)
        if handle_result is not None:
            result, exc_info = handle_result(worker_ctx, result, exc_info)
        self._worker_result(worker_ctx, result, exc_info)
        del exc_info  # or it would be kept until the next garbage collection
        self._worker_teardown(worker_ctx)

    def _worker_setup(self, worker_ctx: WorkerContext) -> None:
        for each in self._hooks["worker_setup"]:
            each(worker_ctx)

    def _worker_result(self, worker_ctx: WorkerContext, result: Any, exc_info: Any) -> None:
        for each in self._hooks["worker_result"]:
            each(worker_ctx, result, exc_info)

    def _worker_teardown(self, worker_ctx: WorkerContext) -> None:
        for each in self._hooks["worker_teardown"]:
            each(worker_ctx)

    @cached_property
    def _hooks(self) -> dict[str, list[Callable[..., None]]]:
        return {
            name: [
                getattr(each, name) for each in self.dependencies
                if getattr(type(each), name) is not getattr(DependencyProvider, name)
            ]
            for name in ("worker_setup", "worker_result", "worker_teardown")
        }

    def _judge(self) -> None:
        stuck = self.health.await_stuck(self.settings.stuck_loop, self._reaches_all)
        _log.critical(
            "%s exits, to be restarted: no progress in %s",
            self.service_name, ", ".join(stuck),
        )
        eventlet.spawn_n(self._end, SystemExit(1))

    def _reaches_all(self) -> bool:
        """Tell whether the service can reach all that it depends on."""
        return all(each.reachable() for each in self.extensions if hasattr(each, "reachable"))

    def _end(self, error: BaseException | None = None) -> None:
        if self._stopping:
            return
        self._stopping, self.health.serves, self._error = True, False, error
        if self._has_started():
            self._finish(super().stop)
        elif self._starting is not None:
            # It waits for what is away, and so it has taken no work; or the start has failed.
            self._starting.kill()
        self.health.clear()
        if not self._died.ready():
            self._died.send(None)

    def _has_started(self) -> bool:
        if self._starting is None:
            return False
        with suppress(Exception), eventlet.Timeout(START_TIMEOUT_SECONDS, False):
            self._starting.wait()
            return True
        return False

    def _finish(self, stop: Callable[[], None]) -> None:
        try:
            with eventlet.Timeout(STOP_TIMEOUT_SECONDS, False):
                eventlet.spawn(stop).wait()
                return
            _log.warning(
                "%s exits with calls unfinished: the stop timeout has passed", self.service_name
            )
        except Exception:  # whatever it was: the process ends all the same
            _log.exception("%s failed while it was stopping", self.service_name)
