"""How searches stand, as Prometheus is told."""

from searcher import metrics
from searcher.statistics import Statistics

NOW = 1_700_000_000.0


def told(gauge):
    return {
        sample.labels.get("game"): sample.value
        for family in gauge.collect() for sample in family.samples
    }


def test_each_game_has_its_number_and_its_longest_wait():
    waiting, first_since = {"dobutsu": 2, "chess": 1}, {"dobutsu": NOW - 70, "chess": NOW}
    metrics.show(Statistics(waiting, first_since, proposals=2), NOW)
    assert told(metrics.WAITING) == {"dobutsu": 2, "chess": 1}
    assert told(metrics.LONGEST) == {"dobutsu": 70, "chess": 0}
    assert told(metrics.PROPOSALS) == {None: 2}


def test_a_game_that_nobody_searches_for_is_left_out():
    metrics.show(Statistics({"dobutsu": 1}, {"dobutsu": NOW}, proposals=0), NOW)
    metrics.show(Statistics({}, {}, proposals=0), NOW)
    assert told(metrics.WAITING) == told(metrics.LONGEST) == {}
