"""Sends players' commands to the session service in batches."""

from collections.abc import Callable, Sequence

from extensions.fault_points import Point, after
from gateway.broker.request_batcher import RequestBatcher
from gateway.broker.service_types import Answered, CommandRequest
from gateway.metrics import BATCH_COMMANDS
from gateway.protocol.results import Executed


class CommandBatcher:
    """Sends commands by `execute_many`."""

    def __init__(
        self, execute_many: Callable[[Sequence[CommandRequest]], Sequence[Answered[Executed]]],
        rpc_timeout: float,
    ) -> None:
        self._execute_many = execute_many
        self._batcher: RequestBatcher[CommandRequest, Executed] = RequestBatcher(
            "sessions", self._execute, rpc_timeout
        )

    @property
    def waiting(self) -> int:
        """How many commands wait to be sent."""
        return self._batcher.waiting

    def submit(
        self, command: CommandRequest, on_answer: Callable[[Executed | Exception], None]
    ) -> None:
        """Send a command without waiting; `on_answer` gets its result or its refusal.

        It must not wait either, as others' answers come after it.
        """
        self._batcher.submit(command, on_answer)

    @after(Point.COMMAND_ANSWERED)
    def _execute(self, commands: Sequence[CommandRequest]) -> Sequence[Answered[Executed]]:
        BATCH_COMMANDS.observe(len(commands))
        return self._execute_many(commands)
