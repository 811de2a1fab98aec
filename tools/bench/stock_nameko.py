"""The yardstick: stock Nameko, a call that does nothing, as in Nameko's documentation.

`python -m tools.bench.stock_nameko URI SECONDS CALLERS...` prints the calls a second for each
number of callers. This module must not import `extensions.service_base`,
which patches Nameko.
"""

import subprocess
import sys
import time
from pathlib import Path

import eventlet
from nameko.rpc import rpc
from nameko.standalone.rpc import ClusterRpcProxy

MODULE = "tools.bench.stock_nameko"
ROOT = Path(__file__).resolve().parent.parent.parent
CALLERS = (1, 10)
START_SECONDS = 2.0


class NoopService:
    """A service with one method, which does nothing."""

    name = "noop"

    @rpc
    def noop(self) -> None:
        return None


def calls_per_second(amqp_uri: str, callers: int, seconds: float) -> float:
    """Return the rate of answered calls of so many callers, each with a stock proxy of its own."""
    config = {"AMQP_URI": amqp_uri}
    answered = 0
    end = time.monotonic() + seconds

    def call() -> None:
        nonlocal answered
        with ClusterRpcProxy(config) as cluster:
            while time.monotonic() < end:
                cluster.noop.noop()
                answered += 1

    for greenthread in [eventlet.spawn(call) for _ in range(callers)]:
        greenthread.wait()
    return answered / seconds


def calls_per_second_of_own_service(amqp_uri: str, seconds: float) -> float:
    """Start the service, and return the best rate of any number of callers, for some seconds each.
    """
    python = [sys.executable, "-W", "ignore", "-m"]
    command = [*python, "nameko", "run", "--broker", amqp_uri, MODULE]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as service:
        try:
            time.sleep(START_SECONDS)
            rates = subprocess.run(
                [*python, MODULE, amqp_uri, str(seconds), *map(str, CALLERS)], cwd=ROOT,
                check=True, capture_output=True, text=True, timeout=10 * seconds + 30,
            ).stdout
            return max(map(float, rates.split()))
        finally:
            service.terminate()


if __name__ == "__main__":
    uri, seconds, *callers = sys.argv[1:]
    print(*(calls_per_second(uri, int(number), float(seconds)) for number in callers))
