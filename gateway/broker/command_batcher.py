"""Commands on their way to the session service, gathered while the last ones are under way."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event
from eventlet.hubs import get_hub
from nameko.exceptions import deserialize

from extensions.fault_points import Point, after
from gateway.metrics import COMMANDS_AT_ONCE
from gateway.protocol.errors import Unavailable

MOST_AT_ONCE = 64
CALLS_AT_ONCE = 2
SLOW = 0.5  # seconds after which a call that is not answered does not count among these
MOST_CALLS = 10  # slow ones too: a database that hangs is not to be given ever more to do


class CommandBatcher:
    """Sends commands by `execute_many`: one at rest goes at once, and what comes in while calls
    are under way goes out together, so nobody ever waits for a batch to fill.

    Of several instances of the service one may hang: the calls that it has do not count for long.
    Where all hang, a command that has waited for as long as a call may take is not sent any more.
    """

    def __init__(
        self, execute_many: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], patience: float
    ):
        """Take what sends commands, and the seconds that a call may take."""
        self._execute_many, self._patience = execute_many, patience
        self._waiting: deque[tuple[dict[str, Any], Event, float]] = deque()
        self._under_way = self._slow = 0

    @property
    def waiting(self) -> int:
        """How many commands wait to be sent."""
        return len(self._waiting)

    def execute(self, command: dict[str, Any]) -> dict[str, Any]:
        """What the command is answered; raises what it is refused with."""
        answered = Event()
        self._waiting.append((command, answered, time.monotonic()))
        self._send_more()
        answer = answered.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _send_more(self) -> None:
        quick = self._under_way - self._slow
        if self._waiting and quick < CALLS_AT_ONCE and self._under_way < MOST_CALLS:
            self._under_way += 1
            eventlet.spawn_n(self._send)

    def _send(self) -> None:
        try:
            while self._waiting and self._under_way - self._slow <= CALLS_AT_ONCE:
                self._call()
        finally:
            self._under_way -= 1

    def _call(self) -> None:
        self._give_up()
        some = min(len(self._waiting), MOST_AT_ONCE)
        batch = [self._waiting.popleft() for _ in range(some)]
        if not batch:
            return
        COMMANDS_AT_ONCE.observe(some)
        slow: list[bool] = []
        timer = get_hub().schedule_call_global(SLOW, self._note_slow, slow)
        answers = self._answers([command for command, *_ in batch])
        timer.cancel()
        self._slow -= len(slow)
        for (_, answered, _), answer in zip(batch, answers, strict=True):
            answered.send(answer)

    def _give_up(self) -> None:
        latest = time.monotonic() - self._patience
        while self._waiting and self._waiting[0][2] <= latest:
            _, answered, _ = self._waiting.popleft()
            answered.send(
                Unavailable.of(
                    "The sessions service has too much to do: try again in a moment",
                    service="sessions",
                )
            )

    def _note_slow(self, slow: list[bool]) -> None:
        slow.append(True)
        self._slow += 1
        self._send_more()

    @after(Point.COMMAND_ANSWERED)
    def _answers(self, commands: list[dict[str, Any]]) -> list[Any]:
        try:
            answers = [
                deserialize(answer["error"]) if "error" in answer else answer["result"]
                for answer in self._execute_many(commands)
            ]
            if len(answers) != len(commands):
                raise ValueError(f"{len(commands)} commands were given {len(answers)} answers")
        except Exception as error:  # each command is told of it as of its own
            return [error] * len(commands)
        return answers
