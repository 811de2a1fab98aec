"""The floor of a returning player: what the broker takes for the queue of a connection.

When a gateway dies, the broker deletes the queues of its connections, and declares no other before
it is done. Then each player who comes back needs a queue, a consumer and two bindings.
"""

import time
from collections.abc import Callable, Sequence

import kombu
from amqp import Channel, spec

from tools.bench.floors import Floor
from tools.bench.process_stats import Pids, cpu_seconds

EXCHANGE = "bench.floor"
NUMBER = 1000
AT_ONCE = 100
ARGUMENTS = {"x-max-length": 10_000, "x-overflow": "drop-head"}
# Not passive, not durable, exclusive, deleted with the connection, and answered.
FLAGS = (False, False, True, True, False)


def queues(amqp_uri: str, server: Pids) -> tuple[Floor, Floor]:
    """Declare queues as a gateway does, then break the connection; return what each took.

    The first is of the beginnings, the second of the ends: until another queue can be declared.
    """
    with kombu.Connection(amqp_uri) as connection, kombu.Connection(amqp_uri) as other:
        link = connection.transport.establish_connection()
        channel, later = link.channel(), other.channel()
        channel.exchange_declare(EXCHANGE, "direct", durable=False, auto_delete=True)
        started = _measure(lambda: _begin(channel), server)
        link.collect()  # without taking leave, as at a death
        ended = _measure(lambda: later.queue_declare(exclusive=True), server)
    return started, ended


def _begin(channel: Channel) -> None:
    for first in range(0, NUMBER, AT_ONCE):
        names = _declare(channel, AT_ONCE)
        for number, name in enumerate(names, start=first):
            channel.basic_consume(name, name, no_ack=True, nowait=True)
            channel.queue_bind(name, EXCHANGE, f"player.{number}", nowait=True)
            channel.queue_bind(name, EXCHANGE, f"session.{number // 2}", nowait=True)
    channel.basic_qos(0, 1, False)  # answered when all else has been done


def _declare(channel: Channel, number: int) -> Sequence[str]:
    for _ in range(number):
        channel.send_method(spec.Queue.Declare, "BsbbbbbF", (0, "", *FLAGS, ARGUMENTS))
    return [channel.wait(spec.Queue.DeclareOk, returns_tuple=True)[0] for _ in range(number)]


def _measure(do: Callable[[], object], server: Pids) -> Floor:
    began, client, broker = time.perf_counter(), time.process_time(), _broker_seconds(server)
    do()
    return {
        "microseconds": 1e6 * (time.perf_counter() - began) / NUMBER,
        "server_cpu": 1e6 * (_broker_seconds(server) - broker) / NUMBER,
        "client_cpu": 1e6 * (time.process_time() - client) / NUMBER,
    }


def _broker_seconds(server: Pids) -> float:
    return cpu_seconds(server)["broker"]
