"""What waits to be sent to a client: all of it in order, and never too much."""

import eventlet
import pytest
from eventlet.event import Event

from gateway.connection.send_queue import LARGEST, MOST_MESSAGES, SendQueue


class Socket:
    """Takes what is sent while it is being read from, and nothing while it is not."""

    def __init__(self):
        self.sent = []
        self._reads = Event()

    def read(self):
        self._reads.send()

    def send(self, texts):
        self._reads.wait()
        self.sent += texts


@pytest.fixture
def socket():
    return Socket()


@pytest.fixture
def overflows():
    return []


@pytest.fixture
def outbox(socket, overflows):
    return SendQueue(socket, lambda: overflows.append(True), lambda: None)


def test_all_is_sent_in_order(outbox, socket, overflows):
    for number in range(MOST_MESSAGES):
        outbox.put(str(number))
    socket.read()
    eventlet.sleep(0)
    assert socket.sent == [str(number) for number in range(MOST_MESSAGES)]
    assert not overflows and not outbox.is_sending and len(outbox) == 0


def test_an_answer_larger_than_all_that_may_wait_is_sent_to_who_reads(outbox, socket, overflows):
    socket.read()
    for _ in range(3):
        outbox.put("x" * (3 * LARGEST))
        eventlet.sleep(0)
    assert [len(text) for text in socket.sent] == 3 * [3 * LARGEST]
    assert not overflows


@pytest.mark.parametrize(("size", "number"), [(LARGEST // 4, 5), (1, MOST_MESSAGES + 1)])
def test_who_does_not_read_is_cut_off_when_too_much_waits(outbox, overflows, size, number):
    outbox.put("under way")
    eventlet.sleep(0)
    for _ in range(number - 1):
        outbox.put("x" * size)
    assert not overflows
    outbox.put("x" * size)
    assert overflows and len(outbox) == 0
