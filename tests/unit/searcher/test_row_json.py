"""How searches are written and read again, by instances of two releases."""

import json

import pytest

from searcher.row_json import search_from_json, search_json
from searcher.search import Search


def search(avoids=(), seats=2):
    return Search("alice", "dobutsu", {}, 1500.0, None, 10.0, avoids=avoids, seats=seats)


@pytest.mark.parametrize("given", [{}, {"avoids": ("bob", "carol")}, {"seats": 3}])
def test_search_is_read_as_it_was_written(given):
    stored = json.loads(json.dumps(search_json(search(**given))))
    assert search_from_json("alice", stored) == search(**given)


def test_nobody_to_avoid_and_two_seats_are_not_written():
    assert not {"avoids", "seats"} & set(search_json(search()))


def test_field_of_a_later_release_is_left_out():
    assert search_from_json("alice", {**search_json(search()), "added": 1}) == search()
