"""Sends players' commands to the session service in batches."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import eventlet
from eventlet.hubs import get_hub
from nameko.exceptions import deserialize

from extensions.fault_points import Point, after
from gateway.broker.service_types import CommandAnswer, CommandRequest
from gateway.metrics import BATCH_COMMANDS
from gateway.protocol.errors import Unavailable
from gateway.protocol.results import Executed

_log = logging.getLogger(__name__)

MAX_BATCH = 64
MAX_FAST_CALLS = 2  # calls under way, but for slow ones
SLOW_CALL_SECONDS = 0.5
MAX_CALLS = 10  # slow ones too: a database that hangs must not be given ever more to do


@dataclass(slots=True)
class _Waiting:
    command: CommandRequest
    on_answer: Callable[[Executed | Exception], None]
    since: float

    def tell(self, answer: Executed | Exception) -> None:
        try:
            self.on_answer(answer)
        except Exception:  # one player must not cost the others their answers
            _log.exception("The answer to a command could not be delivered")


class CommandBatcher:
    """Sends commands by `execute_many`.

    A command is sent at once while fewer than MAX_FAST_CALLS calls are under way. Commands that
    arrive in the meantime are sent together afterwards, so none waits for a batch to fill.

    A call to an instance that hangs counts as slow, and keeps no others waiting. Where all
    instances hang, a command that has waited for the RPC timeout is refused without being sent.
    """

    def __init__(
        self, execute_many: Callable[[Sequence[CommandRequest]], Sequence[CommandAnswer]],
        rpc_timeout: float,
    ) -> None:
        self._execute_many, self._rpc_timeout = execute_many, rpc_timeout
        self._waiting: deque[_Waiting] = deque()
        self._calls = self._slow_calls = 0

    @property
    def waiting(self) -> int:
        """How many commands wait to be sent."""
        return len(self._waiting)

    def submit(
        self, command: CommandRequest, on_answer: Callable[[Executed | Exception], None]
    ) -> None:
        """Send a command without waiting; `on_answer` gets its result or its refusal.

        It must not wait either, as others' answers come after it.
        """
        self._waiting.append(_Waiting(command, on_answer, time.monotonic()))
        self._start_calls()

    def _start_calls(self) -> None:
        fast_calls = self._calls - self._slow_calls
        if self._waiting and fast_calls < MAX_FAST_CALLS and self._calls < MAX_CALLS:
            self._calls += 1
            eventlet.spawn_n(self._send)

    def _send(self) -> None:
        try:
            while self._waiting and self._calls - self._slow_calls <= MAX_FAST_CALLS:
                self._send_batch()
        finally:
            self._calls -= 1

    def _send_batch(self) -> None:
        self._refuse_expired()
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
        if not batch:
            return
        BATCH_COMMANDS.observe(len(batch))
        slow: list[bool] = []
        timer = get_hub().schedule_call_global(SLOW_CALL_SECONDS, self._count_slow_call, slow)
        answers = self._call([each.command for each in batch])
        timer.cancel()
        self._slow_calls -= len(slow)
        for each, answer in zip(batch, answers, strict=True):
            each.tell(answer)

    def _refuse_expired(self) -> None:
        expired = time.monotonic() - self._rpc_timeout
        while self._waiting and self._waiting[0].since <= expired:
            self._waiting.popleft().tell(
                Unavailable.of(
                    "The sessions service is overloaded: try again in a moment", service="sessions"
                )
            )

    def _count_slow_call(self, slow: list[bool]) -> None:
        slow.append(True)
        self._slow_calls += 1
        self._start_calls()

    @after(Point.COMMAND_ANSWERED)
    def _call(self, commands: Sequence[CommandRequest]) -> Sequence[Executed | Exception]:
        try:
            answers = [_decode(answer) for answer in self._execute_many(commands)]
            if len(answers) != len(commands):
                raise ValueError(f"{len(commands)} commands were given {len(answers)} answers")
        except Exception as error:  # it is the answer to each of the commands
            return [error] * len(commands)
        return answers


def _decode(answer: CommandAnswer) -> Executed | Exception:
    if "error" in answer:
        error: Exception = deserialize(answer["error"])
        return error
    return answer["result"]
