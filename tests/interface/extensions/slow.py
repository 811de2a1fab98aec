"""A service whose calls take a while, to be run as processes."""

import os
from pathlib import Path

import eventlet
from nameko.rpc import rpc

from extensions import service_base


class SlowService(service_base.Service):
    """Writes down what it has begun and done, and which of its processes it was."""

    name = "slow"

    @rpc
    def work(self, number, seconds):
        """The number, after so many seconds."""
        self._note("started", number)
        eventlet.sleep(seconds)
        self._note("done", number)
        return number

    def _note(self, what, number):
        with (Path(self.settings.data_dir) / "work").open("a") as file:
            file.write(f"{what} {number} {os.getpid()}\n")
