"""A process of computer opponents, beside the stack of the tests."""

import subprocess
import sys

from tests.process import Process
from tools.launch.ports import free_ports

SUFFIX = "test"


def bots_of(stack, **settings) -> Process:
    """Return the process of bots of a stack; each ends with the suffix."""
    [metrics_port] = free_ports(1)
    settings = {
        "METRICS_PORT": metrics_port, "BOTS_URL": f"ws://127.0.0.1:{stack.port}/ws",
        "BOTS_SUFFIX": SUFFIX,
        "BOTS_PASSWORD": stack.settings["BOTS_PASSWORD"], **settings,
    }
    return Process("bots", ["bots"], settings, stack.folder, _spawn)


def _spawn(arguments, environment, log):
    """Start it as an operator does: it is no process of eventlet's."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments], env=environment, stdout=output, stderr=output
        )
