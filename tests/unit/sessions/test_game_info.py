"""What is told of a game before it is played."""

from pydantic import BaseModel, RootModel

from arbiter_games.contract import Game
from arbiter_games.dobutsu import Dobutsu
from sessions.game_info import game_info


class Sized(Dobutsu):
    """A game with options and a form of moves."""

    Moves = RootModel[int]

    class Options(BaseModel):
        size: int = 3


class Unclear(Dobutsu):
    """A game whose options have no JSON schema."""

    Moves = {"type": "string"}

    class Options(BaseModel):
        model_config = {"arbitrary_types_allowed": True}
        game: Game | None = None


def test_options_and_moves_are_described_by_schemas():
    info = game_info(Sized())
    assert info["options"]["properties"] == {
        "size": {"default": 3, "title": "Size", "type": "integer"}
    }
    assert info["moves"]["type"] == "integer"


def test_a_model_without_a_schema_is_left_out_and_logged(caplog):
    info = game_info(Unclear())
    assert "options" not in info and info["moves"] == {"type": "string"}
    assert "Options has no JSON schema" in caplog.text


def test_a_game_without_options_has_no_schemas():
    assert set(game_info(Dobutsu())) == {"name", "title", "min_players", "max_players"}
