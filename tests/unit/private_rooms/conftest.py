"""What tests of the private rooms service are given: the service, and another in place of rooms."""

from unittest.mock import create_autospec

import pytest
from nameko.testing.services import worker_factory

from extensions.settings import Settings
from private_rooms.models import Base
from private_rooms.service import PrivateRoomsService
from rooms.service import RoomsService
from tests.unit.private_rooms.support import ALONE


@pytest.fixture
def rooms():
    """The rooms service, where Alice has just opened a private room of two seats."""
    rooms = create_autospec(RoomsService, instance=True)
    rooms.create.return_value = ALONE
    rooms.get_many.return_value = {}
    return rooms


@pytest.fixture
def service(database, outbox, clock, rooms):
    return worker_factory(
        PrivateRoomsService, settings=Settings(rooms_kept=2), db=database(Base), outbox=outbox,
        clock=clock, rooms=rooms,
    )


@pytest.fixture
def key(service, rooms):
    """The key of Alice's room."""
    return service.create("alice", "dobutsu", {})["connection_key"]
