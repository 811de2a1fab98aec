"""A worker does one piece of work after the other, and nothing of one is left for the next."""

from contextvars import ContextVar
from types import SimpleNamespace
from weakref import ref

import eventlet
import eventlet.debug
import pytest
from eventlet.event import Event
from greenlet import getcurrent

from extensions.observability import health
from extensions.worker_pool import WorkerPool

of_the_work = ContextVar("of_the_work", default=None)


@pytest.fixture
def pool():
    pool = WorkerPool(2)
    yield pool
    pool.waitall()


def let_work(pool):
    """Let the workers do all that they have to do."""
    while pool.running():
        eventlet.sleep(0)


def test_a_worker_is_used_again(pool):
    workers = []
    for _ in range(3):
        pool.spawn(lambda: workers.append(getcurrent()))
        let_work(pool)
    assert len(workers) == 3 and len(set(workers)) == 1


def test_so_many_work_at_once_and_the_next_one_waits(pool):
    begun, ends = [], [Event() for _ in range(3)]

    def work(number):
        begun.append(number)
        ends[number].wait()

    spawning = [eventlet.spawn(pool.spawn, work, number) for number in range(3)]
    eventlet.sleep(0.01)
    assert (begun, pool.free()) == ([0, 1], 0)
    ends[1].send()
    spawning[2].wait()
    eventlet.sleep(0.01)
    assert begun == [0, 1, 2]
    for each in (ends[0], ends[2]):
        each.send()
    let_work(pool)
    assert pool.free() == 2


def test_nothing_of_the_context_of_work_is_left_for_the_next(pool):
    seen = []

    def work():
        seen.append(of_the_work.get())
        of_the_work.set("mine")

    for _ in range(2):
        pool.spawn(work)
        let_work(pool)
    assert seen == [None, None]


def test_a_worker_keeps_nothing_of_what_it_has_done(pool):
    argument = Event()
    gone = ref(argument)
    pool.spawn(lambda argument: None, argument)
    let_work(pool)
    del argument
    assert gone() is None


def test_the_loop_of_a_worker_is_that_of_its_work_only(pool):
    loop, touched = SimpleNamespace(heartbeat=lambda: touched.append(loop)), []
    health.attach(pool.spawn(health.touch), loop)
    let_work(pool)
    pool.spawn(health.touch)
    let_work(pool)
    assert touched == [loop]


def test_a_worker_that_is_killed_makes_room_for_another(pool):
    interrupted = []

    def work():
        try:
            Event().wait()
        finally:
            interrupted.append(getcurrent())

    workers = [pool.spawn(work) for _ in range(2)]
    eventlet.sleep(0)
    for each in workers:
        each.kill()
    assert interrupted == workers and pool.free() == 2
    done = Event()
    assert pool.spawn(done.send) not in workers
    done.wait()


def test_work_that_fails_makes_room_for_other(pool):
    def fail():
        raise SystemError("it has failed")

    eventlet.debug.hub_exceptions(False)
    try:
        for _ in range(3):
            pool.spawn(fail)
            let_work(pool)
    finally:
        eventlet.debug.hub_exceptions(True)
    assert pool.free() == 2


def test_all_workers_end_once_their_work_is_done(pool):
    gate, ended = Event(), Event()
    workers = [pool.spawn(gate.wait), pool.spawn(lambda: None)]
    eventlet.spawn(lambda: ended.send(pool.waitall()))
    eventlet.sleep(0.01)
    assert not ended.ready()
    gate.send()
    ended.wait()
    assert all(each.dead for each in workers)
