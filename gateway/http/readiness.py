"""Whether the services answer, and what their instances say of their health."""

import logging
import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import eventlet

from extensions.observability.health import LoopHealth
from gateway.broker.service_types import PingAnswer
from gateway.broker.services import NAMES

_log = logging.getLogger(__name__)

PING_INTERVAL_SECONDS = 1.0
REPORT_LIFETIME_SECONDS = 15.0
PING_TIMEOUT_SECONDS = 2.0
AWAY_SECONDS = 5.0  # without an answer to any of the pings


class Report(NamedTuple):
    """The services that do not answer, and a sentence for each problem."""

    not_answering: list[str]
    problems: list[str]


class Readiness:
    """Pings every service once in a while, and when it is asked.

    The broker gives each ping to one instance, whichever is next, so only repeated pings find one
    unhealthy instance among others.
    """

    def __init__(self, ping: Callable[[str], PingAnswer]) -> None:
        self._ping_service = ping
        self._reports: dict[str, dict[str, tuple[float, list[str]]]] = {name: {} for name in NAMES}
        self._answered_at: dict[str, float] = {}
        self._failed_at: dict[str, float] = {}
        self._checking: Any = None

    def run(self, loop: LoopHealth) -> None:
        """Ping for ever; to be run in a greenthread of its own."""
        while True:
            for name in NAMES:
                eventlet.spawn_n(self.ping, name)
            loop.succeeded()
            # If all gateways pinged in step, each might get the same instance every time.
            eventlet.sleep(PING_INTERVAL_SECONDS * random.uniform(0.5, 1.5))

    def check(self) -> Report:
        """Ping all services now, and report them with what their instances have said lately.

        All who ask while a check is under way share it, as it costs a call to each service.
        """
        if self._checking is None:
            self._checking = eventlet.spawn(self._check)
        report: Report = self._checking.wait()
        return report

    def last_report(self) -> Report:
        """Return the same by the pings of the last seconds, at once."""
        return self._report(time.monotonic() - AWAY_SECONDS)

    def ping(self, name: str) -> None:
        """Ping a service, and keep what the instance says that answers."""
        try:
            answer = self._ping_service(name)
        except Exception as error:  # any error means that it is not ready
            now = time.monotonic()
            if now - self._failed_at.get(name, float("-inf")) > REPORT_LIFETIME_SECONDS:
                _log.warning("%s did not answer a ping: %r", name, error)
            self._failed_at[name] = now
            return
        now = time.monotonic()
        self._answered_at[name] = now
        self._reports[name][answer.get("instance", "")] = now, answer["problems"]

    def _check(self) -> Report:
        began = time.monotonic()
        pings = [eventlet.spawn(self.ping, name) for name in NAMES]
        with eventlet.Timeout(PING_TIMEOUT_SECONDS, False):
            for ping in pings:
                ping.wait()
        self._checking = None
        return self._report(began)

    def _report(self, since: float) -> Report:
        not_answering = [
            name for name in NAMES if self._answered_at.get(name, float("-inf")) < since
        ]
        return Report(not_answering, [each for name in NAMES for each in self._problems(name)])

    def _problems(self, name: str) -> list[str]:
        since = time.monotonic() - REPORT_LIFETIME_SECONDS
        recent = {key: report for key, report in self._reports[name].items() if report[0] >= since}
        self._reports[name] = recent
        return [
            f"{name}: {problem}, on {instance}" if instance else f"{name}: {problem}"
            for instance, (_, problems) in sorted(recent.items()) for problem in problems
        ]
