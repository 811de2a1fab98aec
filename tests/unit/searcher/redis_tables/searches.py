"""Searches for the tests of Redis, and how widely they look."""

from searcher.matching import Windows
from searcher.search import Search

WINDOWS = Windows(first=100, widening=60)
NOW = 1_700_000_000.0


def search(login, rating=1500.0, since=NOW, game="dobutsu"):
    options = {"clock": None, "rated": True}
    return Search(login, game, options, rating, None, since, f"of {login}", since + 15)
