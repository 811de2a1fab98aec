"""A lock: one at a time, in the order of arrival, and nothing kept of it while it is free."""

import eventlet
import pytest

from gateway.connection.lock import Lock


@pytest.fixture
def lock():
    return Lock()


def test_one_at_a_time_holds_it_in_order(lock):
    seen = []

    def work(name):
        with lock:
            seen.append(name)
            eventlet.sleep(0)
            seen.append(name)

    for thread in [eventlet.spawn(work, name) for name in "abc"]:
        thread.wait()
    assert "".join(seen) == "aabbcc"
    assert not lock.locked() and lock._semaphore is None


def test_lock_is_held_until_its_release(lock):
    assert not lock.locked()
    lock.acquire()
    assert lock.locked()
    lock.release()
    assert not lock.locked()


def test_lock_that_is_about_to_be_held_is_locked(lock):
    lock.acquire()
    waiting = eventlet.spawn(lock.acquire)
    eventlet.sleep(0)
    lock.release()
    assert lock.locked()
    waiting.wait()
    assert lock.locked()


def test_lock_is_free_though_one_who_waited_was_killed(lock):
    lock.acquire()
    waiting = eventlet.spawn(lock.acquire)
    eventlet.sleep(0)
    lock.release()
    waiting.kill()
    assert not lock.locked()
    lock.acquire()
    lock.release()
    assert not lock.locked()
