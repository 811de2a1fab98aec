"""A message that can't be handled yet stays, however often it is tried, on any type of queue."""

import pytest
from kombu import Connection, Exchange, Queue
from kombu.pools import producers

import extensions.amqp.durable_consumer
from extensions.amqp.durable_consumer import consume
from tests.stack import eventually

RETURNS = 20  # that a quorum queue takes of a message; then it drops it
EXCHANGE = Exchange("heard", type="fanout", durable=True)
QUEUES = {
    kind: Queue(f"heard.{kind}", EXCHANGE, durable=True, queue_arguments={"x-queue-type": kind})
    for kind in ("classic", "quorum")
}


class Away(Exception):
    """What is needed to handle a message does not answer."""


def hearing(kind):
    class Hearing:
        name = f"hearing_{kind}"
        tried: list[str] = []

        @consume(QUEUES[kind], transient_errors=(Away,))
        def hear(self, text):
            self.tried.append(text)
            if len(self.tried) <= RETURNS + 5:
                raise Away

    return Hearing


@pytest.fixture
def connection(settings):
    with Connection(settings["AMQP_URI"]) as connection:
        yield connection
        for queue in QUEUES.values():
            queue(connection.default_channel).delete()


def publish(connection, *texts):
    with producers[connection].acquire(block=True) as producer:
        for text in texts:
            producer.publish(text, exchange=EXCHANGE, serializer="json")


def left(connection, kind):
    return QUEUES[kind](connection.default_channel).queue_declare(passive=True).message_count


@pytest.mark.parametrize("kind", QUEUES)
def test_a_message_is_tried_until_it_has_been_handled(kind, connection, containers, monkeypatch):
    monkeypatch.setattr(extensions.amqp.durable_consumer, "RETRY_PAUSE_SECONDS", 0)
    service = hearing(kind)
    container = containers(service)
    publish(connection, "it is over")
    eventually(lambda: len(service.tried) > RETURNS + 5, what="the last try")
    container.stop()
    assert service.tried == ["it is over"] * (RETURNS + 6)
    assert left(connection, kind) == 0


@pytest.mark.parametrize("kind", QUEUES)
def test_messages_during_the_kill_of_a_container_stay_queued(
    kind, connection, containers, monkeypatch
):
    container = containers(hearing(kind))
    [consumer] = container.entrypoints
    spawn_worker, came = container.spawn_worker, []

    def count(entrypoint, args, *others, **options):
        came.append(args[0])
        return spawn_worker(entrypoint, args, *others, **options)

    def linger():
        if not came:  # it is killed as an entrypoint, and once more as an extension
            publish(connection, "first", "last")
        eventually(lambda: "last" in came, what="the last message")

    monkeypatch.setattr(container, "spawn_worker", count)
    monkeypatch.setattr(consumer, "kill", linger)
    container.kill()
    assert came == ["first", "last"]
    eventually(lambda: left(connection, kind) == 2, what="what the broker has back")
