"""What every service has: the patches, metrics, logs, and `ping`.

Import the module, not the class: Nameko's command line takes every class with an entrypoint that it
finds in a service's module for a service.
"""

from collections.abc import Callable
from os import getpid
from socket import gethostname
from typing import TypedDict

from nameko.extensions import DependencyProvider
from nameko.rpc import rpc

from extensions import patches
from extensions.observability import health
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.observability.request_metrics import RequestMetrics
from extensions.settings import Settings

patches.install()  # here, so that no service can run without


class PingAnswer(TypedDict):
    """Which process has answered, and what is wrong with its loops, a sentence for each."""

    instance: str
    problems: list[str]


class Problems(DependencyProvider):
    """Gives a service the function that tells what is wrong with the loops of its process."""

    def get_dependency(self, worker_ctx: object) -> Callable[[], list[str]]:
        return health.of(self.container).problems


class ProcessSettings(DependencyProvider):
    """Gives a service the settings of its process."""

    def get_dependency(self, worker_ctx: object) -> Settings:
        settings: Settings = self.container.settings
        return settings


class Service:
    """The base of all services: answers `ping`, and has its work counted and logged.

    `waiting_workers` of its calls may wait within the process, beside MAX_WORKERS that are served.
    """

    waiting_workers = 0

    request_metrics = RequestMetrics()
    entrypoint_logging = EntrypointLogging()
    problems = Problems()
    settings = ProcessSettings()

    @rpc
    def ping(self) -> PingAnswer:
        """Show that the service answers, and tell what is wrong with its loops."""
        return {"instance": f"{gethostname()}:{getpid()}", "problems": self.problems()}
