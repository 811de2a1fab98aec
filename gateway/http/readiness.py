"""Whether the services answer, and what they say of themselves: each instance by itself."""

import logging
import random
import time

import eventlet

from extensions.observability.health import LoopHealth
from gateway.broker.services import NAMES, Services

_log = logging.getLogger(__name__)

ROUND = 1.0  # seconds between two questions to a service
LATELY = 15.0  # seconds for which counts what an instance has said last
DEADLINE = 2.0  # seconds for a service to say how it is


class Readiness:
    """Asks every service how it is, again and again.

    The broker gives each question to one instance, whichever is next: only who asks often hears
    of an instance that ails among others that are well.
    """

    def __init__(self, services: Services):
        self._services = services
        self._said: dict[str, dict[str, tuple[float, list[str]]]] = {name: {} for name in NAMES}
        self._answered_at: dict[str, float] = {}
        self._failed_at: dict[str, float] = {}
        self._checking: eventlet.greenthread.GreenThread | None = None

    def run(self, loop: LoopHealth) -> None:
        """Ask for ever; to be run in a greenthread of its own."""
        while True:
            for name in NAMES:
                eventlet.spawn_n(self.ask, name)
            loop.succeeded()
            # Were all gateways to ask in step, each might get the same instance every time.
            eventlet.sleep(ROUND * random.uniform(0.5, 1.5))

    def unwell(self) -> tuple[list[str], list[str]]:
        """The services that do not answer now, and what ails any that has answered lately.

        Who asks while that is being found out is told the same: it costs a call to each service.
        """
        if self._checking is None:
            self._checking = eventlet.spawn(self._check)
        return self._checking.wait()

    def _check(self) -> tuple[list[str], list[str]]:
        began = time.monotonic()
        asked = [eventlet.spawn(self.ask, name) for name in NAMES]
        with eventlet.Timeout(DEADLINE, False):
            for asking in asked:
                asking.wait()
        self._checking = None
        silent = [name for name in NAMES if self._answered_at.get(name, float("-inf")) < began]
        return silent, [sentence for name in NAMES for sentence in self._ailing(name)]

    def ask(self, name: str) -> None:
        """Ask a service how it is, and note what the instance that answers says."""
        try:
            said = self._services.ping(name)
        except Exception as error:  # whatever it is: it is not well
            now = time.monotonic()
            if now - self._failed_at.get(name, float("-inf")) > LATELY:
                _log.warning("%s is not well: %r", name, error)
            self._failed_at[name] = now
            return
        now = time.monotonic()
        self._answered_at[name] = now
        self._said[name][said.get("instance", "")] = now, said["ailing"]

    def _ailing(self, name: str) -> list[str]:
        since = time.monotonic() - LATELY
        lately = {key: said for key, said in self._said[name].items() if said[0] >= since}
        self._said[name] = lately
        return [
            f"{name}: {sentence}, on {instance}" if instance else f"{name}: {sentence}"
            for instance, (_, ailing) in sorted(lately.items()) for sentence in ailing
        ]
