"""Clients' calls to a service, so many at a time, the addresses that they come from in turn.

An instance serves a few calls at once, moves among them. Clients who ask for much, such as long
histories, would otherwise fill it, and nobody else's call or move would be answered in time.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

import eventlet
from eventlet.event import Event
from eventlet.hubs import get_hub

from gateway.protocol.errors import Unavailable

MAX_AT_ONCE = 8  # half of what an instance serves at once, by default
SLOW_SECONDS = 1.0  # without an answer, after which a call makes room: its instance may hang
# What is bounded by other means: it is batched, its passwords are counted, or it asks nobody.
# Others first wait for calls of their connection that came before, and then for the service's turn.
WITHOUT_TURN = frozenset({
    "sessions.execute", "sessions.connect", "auth.authenticate", "auth.register", "auth.guest",
    "auth.claim", "auth.login", "auth.change_password", "server.info",
    "sessions.disconnect", "searcher.start", "searcher.stop",
})


class Turns:
    """The turns of all methods, by the service that a method is named after."""

    def __init__(self, timeout_seconds: float, enabled: bool = True) -> None:
        """Take how long a call may wait for its turn."""
        self._timeout_seconds, self._enabled = timeout_seconds, enabled
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)

    @contextmanager
    def turn(self, method: str, address: str) -> Iterator[None]:
        """Wait for a turn to call a method, given by its name or only by that of its service.

        Hold it during the block. Raises Unavailable if none comes.
        """
        if not self._enabled or method in WITHOUT_TURN:
            yield
            return
        service = method.partition(".")[0]
        queue = self._queues[service]
        if not queue.enter(address, self._timeout_seconds):
            raise Unavailable.of(
                f"The {service} service has too much to do: try again in a moment",
                service=service,
            )
        call = _Call(queue)
        try:
            yield
        finally:
            call.end()


class _Queue:
    """Who has a turn, and who waits for one."""

    def __init__(self) -> None:
        self.answered = 0  # how many calls have been, as long as they had a turn
        self._free = MAX_AT_ONCE
        self._waiting: OrderedDict[str, deque[Event]] = OrderedDict()  # the next address first

    def enter(self, address: str, timeout_seconds: float) -> bool:
        """Wait for a turn; return whether it has come."""
        if self._free:
            self._free -= 1
            return True
        turn = Event()
        self._waiting.setdefault(address, deque()).append(turn)
        try:
            with eventlet.Timeout(timeout_seconds, False):
                turn.wait()
        except BaseException:  # a kill, or the time limit of a caller: the turn is not used
            if turn.ready():
                self.leave()
            raise
        finally:
            if not turn.ready():
                self._give_up(address, turn)
        return bool(turn.ready())

    def leave(self) -> None:
        """Give a turn to the next address, or to whoever comes."""
        if not self._waiting:
            self._free += 1
            return
        address, turns = self._waiting.popitem(last=False)
        turns.popleft().send()
        if turns:
            self._waiting[address] = turns  # as the last one

    def _give_up(self, address: str, turn: Event) -> None:
        self._waiting[address].remove(turn)
        if not self._waiting[address]:
            del self._waiting[address]


class _Call:
    """A call that has a turn, until it ends or no call of the queue has been answered for long.

    Calls of a service that is only busy keep their turns, as more would make all of them slower.
    """

    def __init__(self, queue: _Queue) -> None:
        self._queue = queue
        self._watch()

    def end(self) -> None:
        """Leave, if it has a turn yet."""
        if not self._timer.called:
            self._timer.cancel()
            self._queue.answered += 1
            self._queue.leave()

    def _watch(self) -> None:
        self._answered = self._queue.answered
        self._timer = get_hub().schedule_call_global(SLOW_SECONDS, self._look)

    def _look(self) -> None:
        if self._queue.answered == self._answered:
            self._queue.leave()
        else:
            self._watch()
