"""The yardstick: stock Nameko, a call that does nothing, as its documentation has it.

This module must not import `extensions.service_base`, which changes Nameko's ways for the process.
"""

import time

import eventlet
from nameko.rpc import rpc
from nameko.standalone.rpc import ClusterRpcProxy


class NoopService:
    """Does nothing."""

    name = "noop"

    @rpc
    def noop(self):
        return None


def calls_per_second(amqp_uri: str, callers: int, seconds: float) -> float:
    """How many calls so many callers get answered, each on a stock proxy of its own."""
    config = {"AMQP_URI": amqp_uri}
    answered = 0
    end = time.monotonic() + seconds

    def call():
        nonlocal answered
        with ClusterRpcProxy(config) as cluster:
            while time.monotonic() < end:
                cluster.noop.noop()
                answered += 1

    for greenthread in [eventlet.spawn(call) for _ in range(callers)]:
        greenthread.wait()
    return answered / seconds


def main() -> None:
    """Print the rates for the numbers of callers that are given: URI SECONDS CALLERS..."""
    import sys

    uri, seconds, *callers = sys.argv[1:]
    print(*(calls_per_second(uri, int(number), float(seconds)) for number in callers))


if __name__ == "__main__":
    main()
