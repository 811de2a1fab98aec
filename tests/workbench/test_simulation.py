"""Games that programs play."""

import json

import pytest

from arbiter_games.dobutsu import Dobutsu
from workbench.__main__ import main


def test_each_game_is_a_line_that_replays_to_its_outcome(capsys):
    assert main(["simulate", "3", "dobutsu", "--jsonl", "--seed", "7"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["seed"] for record in records] == [7, 8, 9]
    game = Dobutsu()
    for record in records:
        state = game.setup(2, record["options"], None)
        for seat, move in record["moves"]:
            state = game.apply(state, seat, move)
        end = game.outcome(state)
        assert record["outcome"] == {"winner": end.winner, "reason": end.reason}


def test_the_same_seed_plays_the_same_games(capsys):
    told = []
    for _ in range(2):
        main(["simulate", "2", "battleship", "--jsonl"])
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] and told[0]


def test_a_computer_opponent_beats_chance(capsys):
    main(["simulate", "3", "docs/examples/tictactoe.py", "--opponents", "2", "random", "--jsonl"])
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert 1 not in [record["outcome"]["winner"] for record in records]


@pytest.mark.parametrize(("arguments", "reason"), [
    (["--opponents", "strong"], "strong is no opponent"),
    (["--players", "3"], "for 2 to 2 players, not 3"),
    (["--options", '{"size": 3}'], "no options called size"),
])
def test_a_request_that_cannot_be_played_is_refused(capsys, arguments, reason):
    assert main(["simulate", "1", "dobutsu", *arguments]) == 1
    assert reason in capsys.readouterr().err


def test_a_value_that_an_option_does_not_have_is_refused(capsys):
    pig = "docs/examples/pig.py"
    assert main(["simulate", "1", pig, "--options", '{"goal": "much"}']) == 1
    assert "does not accept these options" in capsys.readouterr().err


def test_options_are_an_object(capsys):
    with pytest.raises(SystemExit):
        main(["simulate", "1", "dobutsu", "--options", "5"])
    assert "is not an object" in capsys.readouterr().err
