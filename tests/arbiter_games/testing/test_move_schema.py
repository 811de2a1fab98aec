"""What the kit says of a move that does not fit the schema of moves."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field, RootModel

from arbiter_games.testing.move_schema import misfit


class Load(BaseModel):
    kind: Literal["load"]
    card: str


class Take(BaseModel):
    kind: Literal["take"]
    place: int = Field(le=1)


SCHEMA = RootModel[Load | Take].model_json_schema()


@pytest.mark.parametrize(("move", "why"), [
    ({"kind": "take", "place": 1}, ""),
    ({"kind": "take", "place": 2}, "the maximum of 2 is 1"),
    ({"kind": "load", "card": 5}, "5 is not of type string"),
    ({"kind": "sell", "card": "tea"}, '"sell" is none of ["load"]'),
    ("sell", '"sell" is not of type object'),
])
def test_a_misfit_is_told_of_the_kind_that_is_meant(move, why):
    assert misfit(move, SCHEMA, SCHEMA) == why
