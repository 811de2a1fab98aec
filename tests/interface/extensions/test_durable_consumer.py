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


@pytest.mark.parametrize("kind", QUEUES)
def test_it_is_tried_until_it_has_been_handled(kind, connection, containers, monkeypatch):
    monkeypatch.setattr(extensions.amqp.durable_consumer, "RETRY_PAUSE_SECONDS", 0)
    service = hearing(kind)
    container = containers(service)
    with producers[connection].acquire(block=True) as producer:
        producer.publish("it is over", exchange=EXCHANGE, serializer="json")
    eventually(lambda: len(service.tried) > RETURNS + 5, what="the last try")
    container.stop()
    assert service.tried == ["it is over"] * (RETURNS + 6)
    left = QUEUES[kind](connection.default_channel).queue_declare(passive=True).message_count
    assert left == 0
