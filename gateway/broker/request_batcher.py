"""Asks a service for what many clients want, in one call."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import eventlet
from eventlet.event import Event
from eventlet.hubs import get_hub
from nameko.exceptions import deserialize

from gateway.broker.service_types import Answered, OnAnswers
from gateway.protocol.errors import Unavailable

_log = logging.getLogger(__name__)

MAX_BATCH = 64
MAX_FAST_CALLS = 1  # calls under way, but for slow ones; more would make for smaller batches
SLOW_CALL_SECONDS = 0.5
MAX_CALLS = 10  # slow ones too: a database that hangs must not be given ever more to do

Request = TypeVar("Request")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting(Generic[Request, Result]):
    request: Request
    on_answer: Callable[[Result | Exception], None]
    since: float

    def tell(self, answer: Result | Exception) -> None:
        try:
            self.on_answer(answer)
        except Exception:  # one player must not cost the others their answers
            _log.exception("The answer to a request in a batch could not be delivered")


class RequestBatcher(Generic[Request, Result]):
    """Makes requests by a method of a service that takes many, and answers each by itself.

    A request is sent at once while fewer than MAX_FAST_CALLS calls are under way. Requests that
    arrive in the meantime are sent together afterwards, so none waits for a batch to fill.

    A call to an instance that hangs counts as slow, and keeps no others waiting. Where all
    instances hang, a request that has waited for the RPC timeout is refused without being sent.
    """

    def __init__(
        self, service: str, submit_many: Callable[[Sequence[Request], OnAnswers[Result]], None],
        rpc_timeout: float, max_calls: int = MAX_CALLS,
    ) -> None:
        """Take what makes a call without waiting; see `in_greenthread` for what waits."""
        self._service, self._submit_many, self._rpc_timeout = service, submit_many, rpc_timeout
        self._max_calls = max_calls
        self._waiting: deque[_Waiting[Request, Result]] = deque()
        self._calls = self._slow_calls = 0

    @property
    def waiting(self) -> int:
        """How many requests wait to be sent."""
        return len(self._waiting)

    def call(self, request: Request) -> Result:
        """Send a request and wait for its result; raises its refusal."""
        answered = Event()
        self.submit(request, answered.send)
        answer: Result | Exception = answered.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def submit(
        self, request: Request, on_answer: Callable[[Result | Exception], None]
    ) -> None:
        """Send a request without waiting; `on_answer` gets its result or its refusal.

        It must not wait either, as others' answers come after it.
        """
        self._waiting.append(_Waiting(request, on_answer, time.monotonic()))
        self._start_calls()

    def _start_calls(self) -> None:
        fast_calls = self._calls - self._slow_calls
        if self._waiting and fast_calls < MAX_FAST_CALLS and self._calls < self._max_calls:
            self._calls += 1
            # Not at once, so that those who ask now share the call.
            get_hub().schedule_call_global(0, self._go_on)

    def _go_on(self) -> None:
        """Send the next batch, if there is one and this is not a slow call too many."""
        self._refuse_expired()
        if not self._waiting or self._calls - self._slow_calls > MAX_FAST_CALLS:
            self._calls -= 1
            return
        waiting = self._waiting
        batch = [waiting.popleft() for _ in range(min(len(waiting), MAX_BATCH))]
        slow: list[bool] = []
        timer = get_hub().schedule_call_global(SLOW_CALL_SECONDS, self._count_slow_call, slow)

        def finish(answers: Sequence[Answered[Result]] | Exception) -> None:
            timer.cancel()
            self._slow_calls -= len(slow)
            for each, answer in zip(batch, self._each(answers, len(batch)), strict=True):
                each.tell(answer)
            self._go_on()

        self._submit_many([each.request for each in batch], finish)

    def _refuse_expired(self) -> None:
        expired = time.monotonic() - self._rpc_timeout
        while self._waiting and self._waiting[0].since <= expired:
            self._waiting.popleft().tell(
                Unavailable.of(
                    f"The {self._service} service is overloaded: try again in a moment",
                    service=self._service,
                )
            )

    def _count_slow_call(self, slow: list[bool]) -> None:
        slow.append(True)
        self._slow_calls += 1
        self._start_calls()

    def _each(
        self, answers: Sequence[Answered[Result]] | Exception, number: int
    ) -> Sequence[Result | Exception]:
        """Return the answer to each of so many requests; the error of the call is one to all."""
        if isinstance(answers, Exception):
            return [answers] * number
        try:
            decoded = [self._decode(answer) for answer in answers]
            if len(decoded) != number:
                raise ValueError(f"{number} requests were given {len(decoded)} answers")
        except Exception as error:  # whatever is wrong with them
            return [error] * number
        return decoded

    @staticmethod
    def _decode(answer: Answered[Result]) -> Result | Exception:
        if "error" in answer:
            error: Exception = deserialize(answer["error"])
            return error
        return answer["result"]


def in_greenthread(
    call_many: Callable[[Sequence[Request]], Sequence[Answered[Result]]]
) -> Callable[[Sequence[Request], OnAnswers[Result]], None]:
    """Turn a blocking call into one that reports its answers by a callback."""

    def call(requests: Sequence[Request], on_answers: OnAnswers[Result]) -> None:
        try:
            answers = call_many(requests)
        except Exception as error:  # it is the answer
            on_answers(error)
        else:
            on_answers(answers)

    return partial(eventlet.spawn_n, call)
