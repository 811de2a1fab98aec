"""A broker that goes away and comes back, and what then has to work again by itself."""

import time

import pytest

from accounts.service import AccountsService
from extensions.rpc import UNANSWERED
from tests.interface.tap import Tap


@pytest.mark.usefixtures("outage")
def test_a_broker_that_restarts_is_found_again(broker, containers, cluster, settings):
    container = containers(AccountsService)
    cluster.accounts.create("before")
    broker.kill()
    began = time.monotonic()
    with pytest.raises(UNANSWERED):
        cluster.accounts.create("meanwhile")
    assert time.monotonic() - began < 2 * settings["RPC_TIMEOUT"]
    broker.start()
    assert until_answered(lambda: cluster.accounts.get("before"), 20)["login"] == "before"
    ear = Tap(settings["AMQP_URI"], "account.events")
    cluster.accounts.create("after")
    heard = ear.next()
    assert (heard.event, heard.params["login"]) == ("account.created", "after")
    ear.close()
    assert not container._died.ready()


def until_answered(call, seconds):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except UNANSWERED:
            if time.monotonic() > deadline:
                raise
