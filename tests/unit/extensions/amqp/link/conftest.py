"""What tests of a link are given: a broker of theirs, and a link that runs."""

import eventlet
import pytest

from extensions.amqp import link as module
from extensions.amqp.link import Link
from tests.unit.extensions.amqp.link.broker import HEARTBEAT, Broker, number, until


@pytest.fixture(autouse=True)
def limit():
    with eventlet.Timeout(60):
        yield


@pytest.fixture
def broker(monkeypatch):
    broker = Broker()
    broker.consumed = []
    monkeypatch.setattr(module, "Connection", broker)
    monkeypatch.setattr(module, "MIN_RECONNECT_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(module, "MAX_RECONNECT_PAUSE_SECONDS", 0.002)
    return broker


@pytest.fixture
def quick_turns(monkeypatch):
    """Lets a link that is made afterwards have its turns and its heartbeats at once."""
    monkeypatch.setattr(module, "MAX_TURN_SECONDS", 0.001)


@pytest.fixture
def seen():
    """What the link has told its user."""
    return []


@pytest.fixture
def link(broker, seen):
    link = Link("a_loop", "amqp://", HEARTBEAT)
    channel = link.open_channel(
        lambda channel: seen.append(number(channel)),
        on_disconnect=lambda error: seen.append(type(error)),
    )
    link.post, link.call, link.write = channel.post, channel.call, channel.write
    running = eventlet.spawn(link.run)
    until(lambda: link.is_connected)
    yield link
    link.stop()
    running.wait()
    assert not link.is_connected
