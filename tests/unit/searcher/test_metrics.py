"""How searches stand, as Prometheus is told."""

from searcher import metrics
from searcher.matching import Request

NOW = 1_700_000_000.0


def search(login, game, since):
    return Request(login, game, {}, 1500, None, since)


def told(gauge):
    return {
        sample.labels.get("game"): sample.value
        for family in gauge.collect() for sample in family.samples
    }


def test_each_game_has_its_number_and_its_longest_wait():
    waiting = [
        search("alice", "dobutsu", NOW - 5), search("bob", "dobutsu", NOW - 70),
        search("carol", "chess", NOW),
    ]
    metrics.show(waiting, 2, NOW)
    assert told(metrics.WAITING) == {"dobutsu": 2, "chess": 1}
    assert told(metrics.LONGEST) == {"dobutsu": 70, "chess": 0}
    assert told(metrics.PROPOSALS) == {None: 2}


def test_of_a_game_that_nobody_searches_for_nothing_is_left():
    metrics.show([search("alice", "dobutsu", NOW)], 0, NOW)
    metrics.show([], 0, NOW)
    assert told(metrics.WAITING) == told(metrics.LONGEST) == {}
