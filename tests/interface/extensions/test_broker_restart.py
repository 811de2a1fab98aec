"""A broker that goes away and comes back, and what then has to work again by itself."""

import os
import signal
import time

import pytest
from amqp.exceptions import NotFound
from kombu import Connection

from accounts import session_results
from accounts.service import AccountsService
from extensions.errors import UNANSWERED_ERRORS
from tests.interface.tap import Tap
from tests.stack import eventually
from tools.launch.broker import Broker


@pytest.mark.usefixtures("outage")
def test_a_broker_that_restarts_is_found_again(broker, containers, cluster, settings):
    container = containers(AccountsService)
    cluster.accounts.create("before")
    broker.kill()
    with pytest.raises(UNANSWERED_ERRORS):
        cluster.accounts.create("meanwhile")
    broker.start()
    assert until_answered(lambda: cluster.accounts.get("before"), 60)["login"] == "before"
    ear = Tap(settings["AMQP_URI"], "account.events")
    cluster.accounts.create("after")
    heard = ear.next()
    assert (heard.event, heard.params["login"]) == ("account.created", "after")
    ear.close()
    assert not container._died.ready()


@pytest.mark.usefixtures("outage")
def test_service_queues_outlive_the_broker_and_so_do_results(broker, containers, settings):
    containers(AccountsService).stop()
    confirmed = {"confirm_publish": True}
    with Connection(settings["AMQP_URI"], transport_options=confirmed) as connection:
        connection.Producer().publish(
            {"params": {}}, exchange=session_results.QUEUE.exchange, serializer="json",
            delivery_mode=2, declare=[session_results.QUEUE],
        )
        waiting = session_results.QUEUE(connection.default_channel)
        eventually(lambda: waiting.queue_declare(passive=True).message_count == 1)
    broker.kill()
    broker.start()
    with Connection(settings["AMQP_URI"]) as connection:
        channel = connection.default_channel
        channel.queue_declare("rpc-accounts", passive=True)  # refused where there is none
        assert channel.queue_declare(session_results.QUEUE.name, passive=True).message_count == 1
        channel.queue_delete(session_results.QUEUE.name)


def until_answered(call, seconds):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except UNANSWERED_ERRORS:
            if time.monotonic() > deadline:
                raise


@pytest.mark.usefixtures("outage")
def test_a_silent_broker_is_left_for_the_next_one(start_process, tmp_path):
    with Broker(tmp_path / "silent") as silent, Broker(tmp_path / "other") as other:
        uris = f"{silent.uri()};{other.uri()}"
        service = start_process("nameko", "accounts.service", AMQP_URI=uris, HEARTBEAT=2)
        with Connection(silent.uri()) as connection:
            eventually(lambda: consumers(connection, "rpc-accounts") == 1, 60)
            eventually(lambda: consumers(connection, session_results.QUEUE.name) == 1, 60)
        time.sleep(1)  # in which it comes round
        os.kill(silent.pid, signal.SIGSTOP)
        with Connection(other.uri()) as connection:
            eventually(lambda: consumers(connection, "rpc-accounts") == 1, 90)
        os.kill(silent.pid, signal.SIGCONT)
        service.stop()
        assert not service.runs


def consumers(connection, queue):
    """How many consume a queue; none where there is no such queue."""
    with connection.channel() as channel:
        try:
            return channel.queue_declare(queue, passive=True).consumer_count
        except NotFound:
            return 0
