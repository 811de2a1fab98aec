"""What tests of the auth service are given: the service, and a registered player."""

import pytest
from nameko.testing.services import worker_factory

from auth.models import Base
from auth.service import AuthService
from auth.token_families import SqlFamilies, Tokens
from tests.unit.auth.support import KEYS, PASSWORD, SETTINGS, CountingPasswords


@pytest.fixture
def passwords():
    return CountingPasswords()


@pytest.fixture
def service(database, outbox, clock, passwords):
    return worker_factory(
        AuthService, settings=SETTINGS, db=database(Base),
        families=SqlFamilies(database(Tokens).get_session),
        outbox=outbox, clock=clock, passwords=passwords, keys=KEYS,
    )


@pytest.fixture
def alice(service):
    """The tokens that Alice got by registering."""
    return service.register("Alice", PASSWORD)
