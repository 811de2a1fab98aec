"""The values of options with which the kit plays a game, besides those that it is given."""

from enum import Enum
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from arbiter_games.testing.option_values import MAX_VALUES, option_variants
from tests.arbiter_games.testing.games import Countdown

Word = Enum("Word", {f"w{number}": f"w{number}" for number in range(30)})


class Colour(Enum):
    """The values of an option that is an enumeration."""

    RED = "red"
    BLUE = "blue"


class Various(Countdown):
    """A game with an option of each type."""

    class Options(BaseModel):
        swap: bool = False
        size: Literal[9, 13] = 9
        colour: Colour = Colour.RED
        rules: Literal["usual"] = "usual"
        limit: Literal["short", "long"] | None = None
        stones: int = Field(6, ge=2, le=9)
        heaps: int = Field(1, gt=0, lt=5)
        rounds: int = 1
        motto: str = ""


class Exclusive(Countdown):
    """A game whose largest heap is for swapped sides only."""

    class Options(BaseModel):
        swap: bool = False
        stones: int = Field(6, ge=2, le=9)

        @model_validator(mode="after")
        def check_together(self):
            if self.stones == 9 and not self.swap:
                raise ValueError
            return self


class Numerous(Countdown):
    """A game with more values of an option than the kit plays."""

    class Options(BaseModel):
        word: Word = Word.w0


def test_each_option_is_given_its_values_or_bounds():
    assert [*option_variants(Various(), {})] == [
        {"swap": False}, {"swap": True},
        {"size": 9}, {"size": 13},
        {"colour": "red"}, {"colour": "blue"},
        {"rules": "usual"},
        {"limit": "short"}, {"limit": "long"},
        {"stones": 2}, {"stones": 9},
        {"heaps": 1}, {"heaps": 4},
    ]


def test_values_that_another_option_forbids_are_left_out():
    assert [*option_variants(Exclusive(), {})] == [{"swap": False}, {"swap": True}, {"stones": 2}]
    assert {"swap": True, "stones": 9} in option_variants(Exclusive(), {"swap": True})


def test_some_of_very_many_values_are_taken():
    assert len([*option_variants(Numerous(), {})]) == MAX_VALUES
