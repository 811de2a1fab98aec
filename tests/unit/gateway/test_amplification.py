"""A small request must not ask for a large answer."""

from pydantic import ValidationError

from gateway.protocol import errors, params


def test_of_many_mistakes_only_some_are_told():
    try:
        params.Nothing.read({f"name-{number}": 1 for number in range(5000)})
    except ValidationError as error:
        described = errors.describe(errors.invalid_params(error))
    assert len(described["data"]["errors"]) == errors.MOST_TOLD
    assert len(str(described)) < 5000
