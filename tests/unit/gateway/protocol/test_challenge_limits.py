"""Challenges are counted by player, and by address for all its players and guests."""

import pytest

from extensions.errors import RateLimited
from gateway.protocol.errors import Unavailable
from gateway.protocol.rate_limits import ADDRESS_CHALLENGES, CHALLENGES, Limits
from tests.unit.fakes import SettableClock


@pytest.fixture
def clock():
    return SettableClock(0.0)


@pytest.fixture
def challenge(clock):
    """Return a function that makes a challenge, or fails at it."""
    limits = Limits(clock=clock)

    def challenge(login, address="10.0.0.1", error=None):
        with limits.challenge(login, address):
            if error:
                raise error

    return challenge


def test_challenges_of_all_guests_of_an_address_are_counted(challenge, clock):
    for number in range(ADDRESS_CHALLENGES.burst):
        with pytest.raises(Unavailable):
            challenge(f"guest-{number}", error=Unavailable("away"))
        challenge(f"guest-{number}")
    for _ in range(CHALLENGES.burst + 1):  # what is refused counts for nobody
        with pytest.raises(RateLimited, match="from this address"):
            challenge("another")
    challenge("another", "10.0.0.2")
    clock.advance(ADDRESS_CHALLENGES.interval_seconds)
    challenge("another")


def test_challenges_of_a_player_are_counted_whatever_the_address(challenge):
    for number in range(CHALLENGES.burst):
        challenge("alice", f"10.0.0.{number}")
    with pytest.raises(RateLimited, match="Too many challenges:"):
        challenge("alice", "10.0.1.1")
