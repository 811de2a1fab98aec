"""How a service tells that it is up. Import the module, not the class: Nameko's command line
takes every class with an entrypoint that it finds in a service's module for a service."""

from nameko.rpc import rpc

import extensions.rpc  # noqa: F401  every service answers by its policy
from extensions.monitoring import Monitoring
from extensions.serving import Serving


class Answering:
    """A service that answers `ping`, and whose work is counted and logged."""

    monitoring = Monitoring()
    serving = Serving()

    @rpc
    def ping(self):
        return "pong"
