"""Sends players' commands to the session service in batches."""

from collections.abc import Callable, Sequence
from functools import partial

from extensions.fault_points import Point, before
from gateway.broker.request_batcher import RequestBatcher
from gateway.broker.service_types import Answered, CommandRequest, OnAnswers
from gateway.metrics import BATCH_COMMANDS
from gateway.protocol.results import Executed


class CommandBatcher:
    """Sends commands by `execute_many`."""

    def __init__(
        self, execute_many: Callable[[Sequence[CommandRequest], OnAnswers[Executed]], None],
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

    def _execute(
        self, commands: Sequence[CommandRequest], on_answers: OnAnswers[Executed]
    ) -> None:
        BATCH_COMMANDS.observe(len(commands))
        self._execute_many(commands, partial(_tell, on_answers, commands))


@before(Point.COMMAND_ANSWERED)
def _tell(
    on_answers: OnAnswers[Executed], commands: Sequence[CommandRequest],
    answers: Sequence[Answered[Executed]] | Exception,
) -> None:
    on_answers(answers)
