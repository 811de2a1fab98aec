"""What is broken on purpose is broken in one place: else another fault is found in its stead."""

from sessions.service import SessionsService
from tools.chaos.broken import HastySessionsService


def test_the_hasty_service_executes_otherwise_and_all_else_is_the_session_services():
    own = {name for name in vars(HastySessionsService) if not name.startswith("__")}
    assert own & set(dir(SessionsService)) == {"name", "_execute"}
