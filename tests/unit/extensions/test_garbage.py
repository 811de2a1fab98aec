"""What a process has made by its start costs no collection any more; garbage is collected."""

import gc
import weakref

import pytest

from extensions import garbage


class Node:
    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def threshold():
    """Return how often Python collects by default; it does again after the test."""
    default = gc.get_threshold()
    yield default
    gc.set_threshold(*default)


@pytest.fixture
def spared():
    """Spare the objects that there are, until the end of the test; return one of them."""
    lasting = Node()
    garbage.spare_lasting_objects()
    yield lasting
    gc.unfreeze()


def test_collections_pass_over_lasting_objects(spared):
    assert all(each is not spared for each in gc.get_objects())


def test_garbage_from_before_is_collected_first(monkeypatch):
    gone = weakref.ref(Node())
    monkeypatch.setattr(gc, "freeze", lambda: None)
    garbage.spare_lasting_objects()
    assert gone() is None


def test_garbage_of_later_is_collected(spared):
    gone = weakref.ref(Node())
    gc.collect()
    assert gone() is None


def test_collections_of_all_objects_are_seldom(threshold, spared):
    *young, all_objects = gc.get_threshold()
    assert young == list(threshold[:2]) and all_objects == garbage.COLLECTIONS_OF_YOUNG
    assert all_objects > threshold[2]
