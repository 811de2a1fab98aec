"""Sends players' commands to the session service in batches."""

from collections.abc import Callable, Sequence
from functools import partial

from extensions.fault_points import Point, before
from gateway.broker.request_batcher import RequestBatcher
from gateway.broker.service_types import Answered, CommandRequest, OnAnswers
from gateway.metrics import BATCH_COMMANDS
from gateway.protocol.results import Executed

# The session service replays the game up to there, which may take seconds.
REPLAYED_COMMAND = "accept_takeback"
MAX_REPLAYING_CALLS = 2  # where an instance hangs, another one is asked


class CommandBatcher:
    """Sends commands by `execute_many`; those that take long in calls of their own."""

    def __init__(
        self, execute_many: Callable[[Sequence[CommandRequest], OnAnswers[Executed]], None],
        rpc_timeout: float,
    ) -> None:
        self._execute_many = execute_many
        self._batcher: RequestBatcher[CommandRequest, Executed] = RequestBatcher(
            "sessions", self._execute, rpc_timeout
        )
        self._replayed: RequestBatcher[CommandRequest, Executed] = RequestBatcher(
            "sessions", self._execute, rpc_timeout, MAX_REPLAYING_CALLS
        )

    @property
    def waiting(self) -> int:
        """How many commands wait to be sent."""
        return self._batcher.waiting + self._replayed.waiting

    def submit(
        self, command: CommandRequest, on_answer: Callable[[Executed | Exception], None]
    ) -> None:
        """Send a command without waiting; `on_answer` gets its result or its refusal.

        It must not wait either, as others' answers come after it.
        """
        is_replayed = command["command"].get("type") == REPLAYED_COMMAND
        (self._replayed if is_replayed else self._batcher).submit(command, on_answer)

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
