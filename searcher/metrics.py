"""What the searcher tells Prometheus beside what every service does: none is in a registry, as the
service is asked for them when somebody looks.
"""

from prometheus_client import Gauge

from searcher.statistics import Statistics

WAITING = Gauge(
    "arbiter_searches_waiting", "Searches that wait for an opponent", ["game"], registry=None
)
LONGEST = Gauge(
    "arbiter_searches_longest_seconds", "For how long the first of these has waited", ["game"],
    registry=None,
)
PROPOSALS = Gauge("arbiter_proposals_open", "Proposals that await consent", registry=None)
GAUGES = (WAITING, LONGEST, PROPOSALS)


def show(statistics: Statistics, now: float) -> None:
    """Set the gauges."""
    WAITING.clear()
    LONGEST.clear()
    for game, number in statistics.waiting.items():
        WAITING.labels(game).set(number)
        LONGEST.labels(game).set(max(now - statistics.first_since[game], 0.0))
    PROPOSALS.set(statistics.proposals)
