"""Commands on their way to the session service, gathered while the last ones are under way."""

from collections import deque
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.exceptions import deserialize

from extensions.fault_points import Point, after
from gateway.metrics import COMMANDS_AT_ONCE

MOST_AT_ONCE = 64
CALLS_AT_ONCE = 2


class Commands:
    """Sends commands by `execute_many`: one at rest goes at once, and what comes in while calls
    are under way goes out together, so nobody ever waits for a batch to fill."""

    def __init__(self, execute_many: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]):
        self._execute_many = execute_many
        self._waiting: deque[tuple[dict[str, Any], Event]] = deque()
        self._under_way = 0

    @property
    def waiting(self) -> int:
        """How many commands wait to be sent."""
        return len(self._waiting)

    def execute(self, command: dict[str, Any]) -> dict[str, Any]:
        """What the command is answered; raises what it is refused with."""
        answered = Event()
        self._waiting.append((command, answered))
        if self._under_way < CALLS_AT_ONCE:
            self._under_way += 1
            eventlet.spawn_n(self._send)
        answer = answered.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _send(self) -> None:
        try:
            while self._waiting:
                some = min(len(self._waiting), MOST_AT_ONCE)
                batch = [self._waiting.popleft() for _ in range(some)]
                COMMANDS_AT_ONCE.observe(some)
                answers = self._answers([command for command, _ in batch])
                for (_, answered), answer in zip(batch, answers, strict=True):
                    answered.send(answer)
        finally:
            self._under_way -= 1

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
