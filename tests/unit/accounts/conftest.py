"""What tests of the accounts service are given: the service on a database, and results."""

import pytest
from nameko.testing.services import worker_factory

from accounts.models import Base
from accounts.service import AccountsService
from extensions.settings import Settings


@pytest.fixture
def db(database):
    return database(Base)


@pytest.fixture
def service(db, outbox, clock):
    return worker_factory(
        AccountsService, db=db, outbox=outbox, clock=clock, settings=Settings()
    )


@pytest.fixture
def end(service, clock):
    """Ends a session, as the session service announces it."""
    numbers = iter(range(1000))

    def end(by_player, game="dobutsu", rated=True, session_id=None, **changes):
        params = {
            "session_id": session_id or f"session-{next(numbers)}", "game": game,
            "options": {"clock": None, "rated": rated}, "players": list(by_player),
            "result": {"winner": None, "reason": "try", "by_player": by_player},
            "ended_at": clock(), **changes,
        }
        message = {"id": "1", "event": "session.result", "params": params}
        service.count_result(message)
        return message

    return end
