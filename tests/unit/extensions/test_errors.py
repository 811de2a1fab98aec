"""Errors that cross RPC: they come back as themselves, with their details as they were."""

import json

import pytest
from nameko.exceptions import RemoteError, deserialize, serialize

from extensions.errors import ServiceError


class OutOfStock(ServiceError):
    """An error of the tests."""


class SoldOut(OutOfStock):
    """A kind of it."""


class Unregistered(Exception):
    """An error that is no ServiceError."""


def crossed(error):
    """The error, as the caller of a service has it."""
    return deserialize(json.loads(json.dumps(serialize(error))))


@pytest.mark.parametrize("kind", [OutOfStock, SoldOut])
def test_an_error_comes_back_as_itself(kind):
    error = crossed(kind("There is none left"))
    assert type(error) is kind
    assert str(error) == "There is none left"


@pytest.mark.parametrize(
    "details",
    [
        {}, {"version": 7}, {"left": 0.5, "any": False, "none": None},
        {"errors": [{"path": "a.b", "message": "é \ud800"}]}, {"deep": {"er": [1, [2]]}},
    ],
    ids=ascii,
)
def test_details_survive_as_they_were(details):
    error = OutOfStock.of("There is none left", **details)
    for _ in range(2):  # as from service to service to gateway
        error = crossed(error)
        assert error.details == details
        assert str(error) == "There is none left"


def test_an_error_may_have_no_details():
    assert OutOfStock("There is none left").details == {}


def test_an_error_without_a_word_is_called_by_its_name():
    assert str(OutOfStock()) == "OutOfStock"


def test_any_other_error_comes_back_as_a_remote_one():
    assert type(crossed(Unregistered("secret"))) is RemoteError
