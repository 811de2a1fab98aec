"""The service broken on purpose is broken in one place, and nowhere else."""

from sessions.command_processor import CommandProcessor
from sessions.service import SessionsService
from tools.chaos.hasty_sessions import HastyCommandProcessor, HastySessionsService


def test_only_the_processing_of_commands_is_broken():
    assert own(HastySessionsService) & {*dir(SessionsService)} == {"name", "execute_many"}
    assert own(HastyCommandProcessor) & {*dir(CommandProcessor)} == {"of", "process"}


def own(kind):
    return {name for name in vars(kind) if not name.startswith("__")}
