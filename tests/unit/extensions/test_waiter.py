"""A wait ends for its socket, its time, or a call of `wake`, and for nothing else later."""

import socket
import time

import eventlet
import pytest
from eventlet.hubs import get_hub

from extensions.waiter import Waiter

LONG_SECONDS = 60.0


@pytest.fixture
def pair():
    one, other = socket.socketpair()
    yield one, other
    one.close()
    other.close()


@pytest.fixture(autouse=True)
def limit():
    with eventlet.Timeout(60):
        yield


def test_without_anything_it_waits_for_its_time(pair):
    began = time.monotonic()
    assert not Waiter().wait(0.05)
    assert not Waiter().wait(0.05, pair[0])
    assert time.monotonic() - began >= 0.1


def test_each_of_several_waits_has_its_own_time():
    waiter = Waiter()
    for earlier, seconds in ((0.1, 0.05), (LONG_SECONDS, 0.05), (0.05, 0.1)):
        eventlet.spawn_n(waiter.wake)
        waiter.wait(earlier)
        began = time.monotonic()
        waiter.wait(seconds)
        assert seconds <= time.monotonic() - began < LONG_SECONDS


def test_a_readable_socket_ends_it(pair):
    pair[1].send(b"!")
    assert Waiter().wait(LONG_SECONDS, pair[0])


def test_between_two_waits_the_hub_goes_on_listening(pair):
    waiter, hub = Waiter(), get_hub()
    for _ in range(2):
        eventlet.spawn_n(pair[1].send, b"!")
        assert waiter.wait(LONG_SECONDS, pair[0])
        pair[0].recv(10)
        listeners = [*hub.get_readers()]
    assert [*hub.get_readers()] == listeners and pair[0].fileno() in hub.listeners[hub.READ]
    waiter.ignore()
    assert pair[0].fileno() not in hub.listeners[hub.READ]


def test_a_socket_that_is_not_read_does_not_keep_the_hub_busy(pair):
    waiter, hub = Waiter(), get_hub()
    eventlet.spawn_n(pair[1].send, b"!")
    waiter.wait(LONG_SECONDS, pair[0])
    eventlet.sleep(0.01)
    assert pair[0].fileno() not in hub.listeners[hub.READ]
    assert waiter.wait(LONG_SECONDS, pair[0])


@pytest.mark.parametrize("has_socket", [False, True])
def test_waking_ends_it(pair, has_socket):
    waiter = Waiter()
    eventlet.spawn_n(waiter.wake)
    waiter.wait(LONG_SECONDS, pair[0] if has_socket else None)


def test_waking_before_it_ends_the_next_one_only():
    waiter = Waiter()
    waiter.wake()
    waiter.wait(LONG_SECONDS)
    began = time.monotonic()
    waiter.wait(0.05)
    assert time.monotonic() - began >= 0.05


def test_being_woken_twice_does_not_end_a_later_sleep(pair):
    waiter = Waiter()

    def wake_as_it_becomes_readable():
        pair[1].send(b"!")
        waiter.wake()
        waiter.wake()

    for _ in range(100):
        eventlet.spawn_n(wake_as_it_becomes_readable)
        waiter.wait(LONG_SECONDS, pair[0])
        began = time.monotonic()
        eventlet.sleep(0.001)
        assert time.monotonic() - began >= 0.001
        pair[0].recv(10)


def test_a_wait_leaves_no_timers_behind():
    waiter, hub = Waiter(), get_hub()
    before = hub.get_timers_count() - hub.timers_canceled
    for _ in range(10):
        eventlet.spawn_n(waiter.wake)
        waiter.wait(LONG_SECONDS)
    assert hub.get_timers_count() - hub.timers_canceled <= before + 1
