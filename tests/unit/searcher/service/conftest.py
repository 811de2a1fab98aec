"""What tests of the searcher service are given: a service, and searches that start on it."""

import random

import pytest
from nameko.testing.services import worker_factory

from extensions.rpc.ttl_cache import TtlCache
from extensions.settings import Settings
from searcher.matching import Windows
from searcher.service import SearcherService

SETTINGS = Settings()
OPTIONS = {"clock": None, "rated": True}
SEARCHING = {"status": "searching"}


@pytest.fixture
def store(new_store):
    return new_store(Windows(first=100, widening=60), random.Random(1))


@pytest.fixture
def service(store, publisher, sessions, clock):
    return worker_factory(
        SearcherService, settings=SETTINGS, store=store, publisher=publisher, sessions=sessions,
        options_cache=TtlCache(10, 10), clock=clock,
    )


@pytest.fixture
def start(service):
    """Starts a search for dobutsu as it is played where nothing else is said."""

    def start(login, rating=1500, rating_range=None, connection=None, seats=2, **options):
        return service.start(
            login, "dobutsu", options, rating, rating_range, connection, seats=seats
        )

    return start
