"""A deferred result reaches its listener once, whichever of the two comes first."""

import pytest

from gateway.protocol.deferred import Deferred


@pytest.mark.parametrize("outcome", ["a result", RuntimeError("no")])
def test_outcome_reaches_whoever_listens_already(outcome):
    deferred, heard = Deferred(), []
    deferred.then(heard.append)
    assert heard == []
    deferred.settle(outcome)
    assert heard == [outcome]


@pytest.mark.parametrize("outcome", ["a result", RuntimeError("no")])
def test_outcome_that_came_early_reaches_the_listener_at_once(outcome):
    deferred, heard = Deferred(), []
    deferred.settle(outcome)
    deferred.then(heard.append)
    assert heard == [outcome]
