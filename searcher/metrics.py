"""What the searcher counts beside what every service does: none of it in a registry, see `gauges`.
"""

from collections import Counter as Count

from prometheus_client import Gauge

from searcher.matching import Request

WAITING = Gauge(
    "arbiter_searches_waiting", "Searches that wait for an opponent", ["game"], registry=None
)
LONGEST = Gauge(
    "arbiter_searches_longest_seconds", "For how long the first of these has waited", ["game"],
    registry=None,
)
PROPOSALS = Gauge("arbiter_proposals_standing", "Proposals that await consent", registry=None)


def show(waiting: list[Request], proposals: int, now: float) -> None:
    """Set the gauges by who waits and how many proposals stand."""
    WAITING.clear()
    LONGEST.clear()
    for game, number in Count(request.game for request in waiting).items():
        since = min(request.since for request in waiting if request.game == game)
        WAITING.labels(game).set(number)
        LONGEST.labels(game).set(max(now - since, 0.0))
    PROPOSALS.set(proposals)
