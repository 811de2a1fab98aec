"""What every service has: it answers by the RPC policy, is counted and logged, and tells how it is.

Import the module, not the class: Nameko's command line takes every class with an entrypoint that it
finds in a service's module for a service.
"""

from os import getpid
from socket import gethostname

from nameko.extensions import DependencyProvider
from nameko.rpc import rpc

import extensions.rpc.client  # noqa: F401  every service answers by its policy
from extensions.observability import health
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.observability.monitoring import Monitoring


class Problems(DependencyProvider):
    """What is amiss with the loops of this process, as a function: a sentence for each."""

    def get_dependency(self, worker_ctx):
        return health.of(self.container).problems


class Service:
    """A service that answers `ping`, and whose work is counted and logged."""

    monitoring = Monitoring()
    entrypoint_logging = EntrypointLogging()

    problems = Problems()

    @rpc
    def ping(self):
        """That the service answers: `{instance, ailing}`, a sentence for each loop amiss."""
        return {"instance": f"{gethostname()}:{getpid()}", "ailing": self.problems()}
