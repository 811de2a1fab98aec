"""Stored sessions are replayed by the installed rules, and what differs is found."""

import dataclasses
import gzip
import json
import random
import subprocess
import sys

import pytest

from arbiter_games.contract import Outcome
from arbiter_games.dobutsu import Dobutsu
from extensions.settings import Settings
from sessions import draws, takebacks
from sessions.game_registry import GameRegistry
from sessions.match import Match, SessionEvent, initial_state
from sessions.rules_replay import DIFFERS, SAME, UNREADABLE, WITHOUT_RULES, check
from sessions.rules_report import MAX_SHOWN, Report
from sessions.standing_moves import CONTINUED, standing
from sessions.stored_progress import progress_of
from tests.process import ROOT
from tests.unit.sessions.conftest import CATCHING_THE_LION, NOW, OPTIONS
from tests.unit.sessions.test_rules import Later, Renamed

PLAYERS = ["alice", "bob"]


def begun(game=None):
    game = game or Dobutsu()
    state = initial_state(game, 2, OPTIONS, "seed")
    return Match.start("s1", game, Settings(), OPTIONS, PLAYERS, False, state, NOW)


def record(match, happened):
    stored = {
        "session_id": match.session_id, "game": match.game.name,
        "game_version": match.game.version, "options": match.options, "players": match.players,
        "seed": "seed", "status": match.status,
        "state": match.state, "progress": progress_of(match), "result": match.result,
        "ended_at": match.ended_at, "created_at": NOW, "private": False,
        "events": [dataclasses.asdict(each) for each in happened],
    }
    return json.loads(json.dumps(stored))


def played(*moves, match=None):
    """Return the record of a game with these moves, or of one by lot."""
    match, happened = match or begun(), []
    rng = random.Random(1)
    left = list(moves)
    while match.status == "active" and (left or not moves):
        [login] = match.to_move
        legal = match.game.legal_moves(match.state, match.players.index(login))
        happened += match.move(login, left.pop(0) if left else rng.choice(legal), NOW)
    return record(match, happened)


def verdict(stored, game=None, *former):
    games = {"dobutsu": game} if game else {}
    rules = {("dobutsu", each.version): each for each in former}
    found = check(stored, GameRegistry(games, former=rules))
    return found.kind, found.what


@pytest.mark.parametrize("moves", [(), ("b2b3", "a4a3"), CATCHING_THE_LION])
def test_a_game_that_comes_out_the_same(moves):
    assert verdict(played(*moves), Dobutsu()) == (SAME, "")


def test_a_draw_that_was_agreed_is_no_difference():
    match = begun()
    happened = draws.offer(match, "alice", NOW) + draws.accept(match, "bob", NOW)
    assert verdict(record(match, happened), Dobutsu()) == (SAME, "")


def test_a_move_that_was_taken_back_is_not_replayed():
    match = begun()
    match.options, first = {**OPTIONS, "rated": False}, match.state
    happened = match.move("alice", "b2b3", NOW) + takebacks.offer(match, "alice", NOW)
    match.earlier = takebacks.Earlier(1, first, [], standing(happened))
    happened += takebacks.accept(match, "bob", NOW) + match.move("alice", "c1c2", NOW)
    assert verdict(record(match, happened), Dobutsu()) == (SAME, "")


@pytest.mark.parametrize("installed", [Dobutsu(), Renamed()])
def test_a_continued_game_is_replayed_from_its_first_position(installed):
    match = begun()
    setup = match.state
    match.put(Dobutsu().apply(setup, 0, "b2b3"))
    start = {"state": match.state, "setup": setup, "moves": [[0, "b2b3"]]}
    happened = [SessionEvent(0, NOW, CONTINUED, start), *match.move("bob", "a4a3", NOW)]
    assert verdict(record(match, happened), installed) == (SAME, "")


class Changed(Dobutsu):
    """Rules of the same version, in which something is not as it was after two moves."""

    wrong = "ply"

    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        return {**after, self.wrong: after[self.wrong] + 1} if after["ply"] == 2 else after


class Stricter(Dobutsu):
    def legal_moves(self, state, player):
        return [each for each in super().legal_moves(state, player) if each != "a4a3"]


class Shorter(Dobutsu):
    def outcome(self, state):
        return Outcome(None, "two_moves") if state["ply"] >= 2 else super().outcome(state)


class Longer(Dobutsu):
    def outcome(self, state):
        return None


class Broken(Dobutsu):
    def apply(self, state, player, move):
        raise KeyError("position")


@pytest.mark.parametrize(("game", "kind", "what"), [
    (Changed, DIFFERS, "version 2: stored and replayed differ at ['ply']: 2 and 3"),
    (Stricter, DIFFERS, "version 2: the move is refused: 'a4a3' is not legal"),
    (Shorter, DIFFERS, "version 3: the game has ended by two_moves before"),
    (Longer, DIFFERS, "the end: stored is lion_caught, and the rules say None"),
    (Broken, UNREADABLE, "KeyError: 'position'"),
])
def test_a_difference_is_named_with_its_place(game, kind, what):
    found, said = verdict(played(*CATCHING_THE_LION), game())
    assert (found, said[:len(what)]) == (kind, what)


def test_a_position_that_is_played_on_is_compared_as_a_whole():
    stored = played("b2b3")
    stored["state"]["seen"] = {}
    assert verdict(stored, Dobutsu())[1].startswith("the position: stored and replayed differ")


def test_a_record_that_is_no_session_is_not_readable():
    assert verdict({"session_id": "s1", "game": "dobutsu"}, Dobutsu())[0] == UNREADABLE


@pytest.mark.parametrize(("installed", "kind"), [
    ([None], WITHOUT_RULES), ([Renamed()], SAME), ([Later(), Dobutsu()], SAME),
    ([None, Dobutsu()], SAME), ([Later()], UNREADABLE),
])
def test_former_rules_or_an_upgrade_replay_former_games(installed, kind):
    assert verdict(played("b2b3", "a4a3"), *installed)[0] == kind


@pytest.mark.parametrize("installed", [[Renamed()], [Renamed(), Dobutsu()]])
def test_a_game_that_was_upgraded_is_replayed(installed):
    match = begun()
    happened = match.move("alice", "b2b3", NOW)
    happened += match.change_rules(Renamed(), {"now": match.state}, NOW)
    happened += match.move("bob", "a4a3", NOW)
    assert verdict(record(match, happened), *installed) == (SAME, "")


def test_the_report_counts_all_and_shows_the_first():
    report = Report()
    good, bad = (
        check(played("b2b3", "a4a3"), GameRegistry({"dobutsu": game}))
        for game in (Dobutsu(), Changed())
    )
    for each in [good, *[bad] * (MAX_SHOWN + 1)]:
        report.add(each)
    lines = list(report.lines())
    assert f"| dobutsu | 1 | 1 | {MAX_SHOWN + 1} | 0 | 0 |" in lines
    assert sum(each.startswith("- s1 (active) differs: version 2") for each in lines) == MAX_SHOWN
    assert not report.is_clean


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "tools.command_line", "rules", "check", "--processes", "1",
         *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("moves", "status"), [("a4a3", 0), ("c4c3", 1)])
def test_the_command_checks_an_archive(tmp_path, moves, status):
    stored = played("b2b3", "a4a3")
    stored["events"][1]["data"]["command"]["move"] = moves
    with gzip.open(tmp_path / "2026-11-24.a.jsonl.gz", "wt") as file:
        file.write(json.dumps(stored) + "\n")
    returned, out, progress = run("--archive", str(tmp_path))
    assert returned == status
    assert f"| dobutsu | 1 | {1 - status} | {status} | 0 | 0 |" in out
    assert progress.startswith("1 sessions, ")


def test_the_command_checks_a_database(tmp_path):
    from extensions.storage import engines
    from sessions.models import Base, EventRow, SessionRow

    uri, stored = f"sqlite:///{tmp_path}/sessions.sqlite", played("b2b3", "a4a3")
    engine = engines.make_engine(uri, Settings(), "sessions")
    Base.metadata.create_all(engine)
    happened = stored.pop("events")
    with engine.begin() as connection:
        connection.execute(SessionRow.__table__.insert(), [
            {**stored, "session_id": name, "key": name, "version": 2} for name in ("a", "b")
        ])
        connection.execute(EventRow.__table__.insert(), [
            {**each, "session_id": name} for each in happened for name in ("a", "b")
        ])
    engine.dispose()
    config = tmp_path / "config.yaml"
    config.write_text(f"SESSIONS_DB_URI: {uri}\nTOKEN_SECRET: {'x' * 48}\n")
    returned, out, _ = run("--config", str(config))
    assert returned == 0, out
    assert "| dobutsu | 1 | 2 | 0 | 0 | 0 |" in out
