"""A game on the author's page: moves, what each viewer must not see, and code that changes."""

import pytest

from bots.engines.seen import HAS_LEFT
from docs.examples.pig import Pig
from workbench.play import Play
from workbench.position import hidden
from workbench.server import make_app
from workbench.table import Script, Table

GAME = """
from pathlib import Path
from docs.examples.tictactoe import SQUARES, TicTacToe

class Changing(TicTacToe):
    title = "{title}"

    def apply(self, state, player, move):
        {body}
        return super().apply(state, player, move)
"""
CORNER, CENTRE, OTHER_CORNER = "a1", "b2", "c3"


@pytest.fixture
def source(tmp_path):
    """The file of a game."""
    path = tmp_path / "changing.py"
    path.write_text(GAME.format(title="First", body="pass"))
    return path


@pytest.fixture
def play(source):
    """A game that was begun."""
    play = Play(str(source))
    play.begin({})
    yield play
    play.close()


def shown(play):
    return play.after(-1)


def make(play, *moves):
    for seat, move in moves:
        play.move({"seat": seat, "move": move})
    return shown(play)


def test_each_viewer_has_a_view_and_its_own_legal_moves(play):
    position = make(play, (0, CORNER))
    assert [viewer["seat"] for viewer in position["viewers"]] == [None, 0, 1]
    assert [len(viewer["legal"]) for viewer in position["viewers"]] == [0, 0, 8]
    assert position["state"] == {"taken": [CORNER]} and position["to_move"] == [1]


def test_a_refused_move_leaves_the_position_and_says_why(play):
    position = make(play, (0, CORNER), (1, CORNER))
    assert "not a free square" in position["error"]
    assert position["moves"] == [[0, CORNER]]


def test_moves_are_undone_and_made_again(play):
    make(play, (0, CORNER), (1, CENTRE), (0, OTHER_CORNER))
    play.undo({"keep": 1})
    assert shown(play)["moves"] == [[0, CORNER]]
    play.redo({})
    assert shown(play)["moves"] == [[0, CORNER], [1, CENTRE]]
    play.undo({})
    assert make(play, (1, OTHER_CORNER))["can_redo"] is False


def test_any_state_is_loaded_and_played_on(play):
    play.load({"state": {"taken": ["a1", "a2", "b1", "b2"]}})
    assert make(play, (0, "c1"))["outcome"] == {"winner": 0, "reason": "three_in_a_row"}


def test_an_unreadable_state_is_an_error_beside_the_position(play):
    make(play, (0, CORNER))
    play.load({"state": {"taken": 5}})
    assert "TypeError" in shown(play)["error"] and shown(play)["state"] == {"taken": [CORNER]}


def test_changed_code_plays_the_same_moves(play, source):
    make(play, (0, CORNER))
    source.write_text(GAME.format(title="Second", body="pass"))
    play.reload()
    assert shown(play)["game"]["title"] == "Second" and shown(play)["moves"] == [[0, CORNER]]


def test_moves_that_changed_code_refuses_come_back_with_the_code(play, source):
    make(play, (0, CORNER), (1, CENTRE))
    before = source.read_text()
    source.write_text(before.replace("pass", "assert move != 'b2', 'no centre'").replace(
        "First", "Strict"))
    play.reload()
    assert "no centre" in shown(play)["error"]
    source.write_text(before)
    play.reload()
    assert shown(play)["error"] is None and len(shown(play)["moves"]) == 2


def test_code_that_cannot_be_imported_shows_its_traceback(play, source):
    source.write_text("import nonsense_that_is_missing")
    play.reload()
    assert "nonsense_that_is_missing" in shown(play)["error"]


def test_code_that_never_ends_is_ended(play, source, monkeypatch):
    monkeypatch.setattr("workbench.game_process.ANSWER_SECONDS", 1.0)
    source.write_text(GAME.format(title="Endless", body="while True: pass"))
    play.reload()
    assert "had not answered" in make(play, (0, CORNER))["error"]
    source.write_text(GAME.format(title="Mended", body="pass"))
    play.reload()
    assert make(play, (0, CORNER))["moves"] == [[0, CORNER]]


def test_programs_move_for_seats_until_the_game_is_over(play):
    play.opponents({"0": "random", "1": "1"})
    revision, position = -1, shown(play)
    while not position["outcome"]:
        position = play.after(revision)
        revision = position["revision"]
    assert len(position["moves"]) >= 5


@pytest.fixture
def of_three():
    """A game of three, played to ten points, in which whoever has left is out."""
    play = Play("docs/examples/pig.py")
    play.begin({"players": 3, "options": {"goal": 10}})
    yield play
    play.close()


def test_the_others_play_on_when_one_has_left(of_three):
    position = make(of_three, (0, "hold"), (1, None), (2, "hold"))
    assert position["left"] == [1] and position["staying"] == [0, 2]
    assert position["to_move"] == [0] and position["moves"][1] == [1, None]
    of_three.undo({"keep": 1})
    assert shown(of_three)["to_move"] == [1] and shown(of_three)["left"] == []


def test_the_last_one_who_has_not_left_wins(of_three):
    outcome = make(of_three, (0, None), (1, None))["outcome"]
    assert outcome == {"winner": 2, "reason": "resignation", "places": [3, 2, 1]}
    assert "can leave" in make(of_three, (2, None))["error"]


def test_a_computer_is_told_who_has_left():
    table = Table(Pig(), Script(3))
    for seat, move in ((0, "hold"), (1, None), (2, "hold")):
        table.play(seat, move)
    assert table.seen(0).moves == ((0, "hold"), (1, HAS_LEFT), (2, "hold"))


def test_a_seat_moves_by_lot_whose_player_has_left():
    by_lot = Play("docs/examples/goofspiel/__init__.py")
    by_lot.begin({"players": 3})
    make(by_lot, (0, None))
    revision, position = -1, shown(by_lot)
    while 0 in position["to_move"]:
        position = by_lot.after(revision)
        revision = position["revision"]
    assert position["to_move"] == [1, 2] and position["moves"][1][0] == 0
    by_lot.close()


def test_one_of_two_cannot_leave(play):
    assert "more than two" in make(play, (0, None))["error"]


def test_hidden_paths_are_where_view_and_reveal_differ():
    revealed = {"hands": [[1, 2], [3]], "seed": "x", "turn": 0}
    view = {"hands": [[1, 2], [None]], "turn": 0}
    assert hidden(revealed, view) == ["['hands'][1][0]", "['seed']"]


def test_requests_of_other_pages_are_refused(play):
    client = make_app(play).test_client()
    assert client.get("/position").json["game"]["title"] == "First"
    assert client.get("/position", headers={"Host": "elsewhere.example"}).status_code == 403
    assert client.post("/undo", data="keep=0").status_code == 415
    assert client.post("/close", json={}).status_code in (404, 405)


def test_the_page_and_its_files_are_served(play):
    client = make_app(play).test_client()
    for path in ("/", "/page/workbench.js", "/page/icon.svg", "/web/parts/game_table.js"):
        answer = client.get(path)
        assert answer.status_code == 200 and "default-src 'self'" in str(answer.headers)
        answer.close()
    for path in ("/page/../server.py", "/web/__init__.py", "/web/../config.yaml"):
        assert client.get(path).status_code == 404
