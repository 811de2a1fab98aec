"""The messages that wait for a client: sent in order, and bounded."""

import eventlet
import pytest
from eventlet.event import Event

from gateway.connection.send_queue import MAX_CHARACTERS, MAX_MESSAGES, SendQueue


class Socket:
    """A socket that blocks until its client reads."""

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
def send_queue(socket, overflows):
    return SendQueue(socket, lambda: overflows.append(True), lambda: None)


def test_messages_are_sent_in_order(send_queue, socket, overflows):
    for number in range(MAX_MESSAGES):
        send_queue.put(str(number))
    socket.read()
    eventlet.sleep(0)
    assert socket.sent == [str(number) for number in range(MAX_MESSAGES)]
    assert not overflows and not send_queue.is_sending and len(send_queue) == 0


def test_single_message_may_have_any_size(send_queue, socket, overflows):
    socket.read()
    for _ in range(3):
        send_queue.put("x" * (3 * MAX_CHARACTERS))
        eventlet.sleep(0)
    assert [len(text) for text in socket.sent] == 3 * [3 * MAX_CHARACTERS]
    assert not overflows


@pytest.mark.parametrize(("size", "number"), [(MAX_CHARACTERS // 4, 5), (1, MAX_MESSAGES + 1)])
def test_client_that_does_not_read_overflows_the_queue(send_queue, overflows, size, number):
    send_queue.put("under way")
    eventlet.sleep(0)
    for _ in range(number - 1):
        send_queue.put("x" * size)
    assert not overflows
    send_queue.put("x" * size)
    assert overflows and len(send_queue) == 0
