"""What tests of the ready check share: a searcher that asks players before they play."""

import random

import pytest
from nameko.testing.services import worker_factory

from extensions.rpc.ttl_cache import TtlCache
from extensions.settings import Settings
from searcher.matching import Windows
from searcher.service import SearcherService

READY_CHECK = 10
EXPIRY = 300
OPTIONS = {"clock": None, "rated": True}
SEARCHING = {"status": "searching"}
ACCEPTED = {"status": "accepted"}
IDLE = {"status": "idle"}
CALL = "c0ffeec0ffeec0ff"


class Death(BaseException):
    """What no code is ready for."""


@pytest.fixture
def store(new_store):
    return new_store(Windows(first=100, widening=60), random.Random(1), READY_CHECK)


@pytest.fixture
def service(store, publisher, sessions, clock):
    return worker_factory(
        SearcherService, settings=Settings(search_expiry=EXPIRY), store=store,
        publisher=publisher, sessions=sessions, options_cache=TtlCache(10, 10), clock=clock,
    )


@pytest.fixture
def start(service):
    """Starts a search, on a connection of the player's."""

    def start(login, rating=1500, connection=True, seats=2):
        connection_id = f"connection of {login}" if connection else None
        return service.start(login, "dobutsu", {}, rating, None, connection_id, seats=seats)

    return start


@pytest.fixture
def keep(service, clock):
    """Lets time pass, with the timers running and connections kept alive."""

    def keep(seconds, *logins):
        while seconds > 0:
            clock.advance(min(seconds, 1))
            seconds -= 1
            service.renew({login: f"connection of {login}" for login in logins})
            service.sweep()
            service.pair()
            service.finish_unfinished()

    return keep


@pytest.fixture
def proposed(start, publisher):
    """The proposal that players have met in."""

    def meet(*logins):
        for login in logins:
            start(login, seats=len(logins))
        return publisher.told("match_proposed")[-1][1]["proposal_id"]

    return meet


@pytest.fixture
def lapsed(publisher):
    """Who was told that a proposal has lapsed, and whether they search."""

    def lapsed(proposal_id):
        return {
            login: params["searching"] for login, params in publisher.told("match_lapsed")
            if params["proposal_id"] == proposal_id
        }

    return lapsed
