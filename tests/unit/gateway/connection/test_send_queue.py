"""The messages that wait for a client: sent in order, and bounded."""

import pytest
from eventlet.event import Event

from gateway.connection.reliable_socket import SendTimeout
from gateway.connection.send_queue import MAX_MESSAGES, MAX_QUEUED_BYTES, SendQueue
from tests.unit.gateway.conftest import settle


class Socket:
    """A socket that takes nothing until its client reads, and everything from then on."""

    def __init__(self):
        self.writes = []
        self.broken = False
        self.aborted = False
        self._reads = Event()

    def read(self):
        self._reads.send()

    def send(self, texts):
        if self.broken:
            raise BrokenPipeError
        if not self._reads.ready():
            return lambda: self._finish(texts)
        self.writes.append(texts)

    def abort(self):
        self.aborted = True

    def _finish(self, texts):
        self._reads.wait()
        if self.broken:
            raise SendTimeout
        self.writes.append(texts)

    @property
    def sent(self):
        return [text for texts in self.writes for text in texts]


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
        send_queue.put(b"%d" % number)
    socket.read()
    settle()
    assert socket.sent == [b"%d" % number for number in range(MAX_MESSAGES)]
    assert not overflows and not send_queue.is_sending and len(send_queue) == 0


def test_single_message_may_have_any_size(send_queue, socket, overflows):
    socket.read()
    for _ in range(3):
        send_queue.put(b"x" * (3 * MAX_QUEUED_BYTES))
        settle()
    assert [len(text) for text in socket.sent] == 3 * [3 * MAX_QUEUED_BYTES]
    assert not overflows


@pytest.mark.parametrize(("size", "number"), [(MAX_QUEUED_BYTES // 4, 5), (1, MAX_MESSAGES + 1)])
def test_client_that_does_not_read_overflows_the_queue(send_queue, overflows, size, number):
    send_queue.put(b"under way")
    settle()
    for _ in range(number - 1):
        send_queue.put(b"x" * size)
    assert not overflows
    send_queue.put(b"x" * size)
    assert overflows and len(send_queue) == 0


@pytest.mark.parametrize(("size", "number"), [
    (MAX_QUEUED_BYTES // 4, 9), (1, 2 * MAX_MESSAGES + 1),
])
def test_client_that_reads_is_not_dropped_for_what_comes_at_once(
    send_queue, socket, overflows, size, number
):
    socket.read()
    for _ in range(number):
        send_queue.put(b"x" * size)
    settle()
    assert not overflows and not send_queue.is_sending
    assert len(socket.sent) == number and len(socket.writes) == 3


def test_a_burst_overflows_the_queue_of_a_client_not_reading(send_queue, overflows, socket):
    for _ in range(8):
        send_queue.put(b"x" * (MAX_QUEUED_BYTES // 4))
    assert not overflows
    send_queue.put(b"x" * (MAX_QUEUED_BYTES // 4))
    assert overflows
    socket.read()
    settle()
    assert len(socket.sent) == 4 and not send_queue.is_sending


def test_messages_put_together_go_out_in_one_write(send_queue, socket):
    socket.read()
    send_queue.put(b"a")
    send_queue.put(b"b")
    assert socket.writes == []
    settle()
    send_queue.put(b"c")
    settle()
    assert socket.writes == [[b"a", b"b"], [b"c"]]


def test_messages_wait_for_the_rest_of_those_before(send_queue, socket):
    send_queue.put(b"a")
    settle()
    send_queue.put(b"b")
    send_queue.put(b"c")
    settle()
    assert socket.writes == [] and send_queue.is_sending and len(send_queue) == 2
    socket.read()
    settle()
    assert socket.writes == [[b"a"], [b"b", b"c"]] and not send_queue.is_sending


@pytest.mark.parametrize("late", [False, True])
def test_broken_socket_is_aborted_and_costs_others_nothing(send_queue, socket, late):
    if late:
        send_queue.put(b"a")
        settle()
    socket.broken = True
    other = Socket()
    other.read()
    send_queue.put(b"b")
    SendQueue(other, lambda: None, lambda: None).put(b"c")
    socket.read()
    settle()
    assert socket.aborted and not send_queue.is_sending
    assert other.sent == [b"c"]
