"""What happens to a game whose code breaks a limit, and to the sessions of others."""

import logging
import signal
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

from arbiter_games.dobutsu import Dobutsu
from docs.examples.pig import Pig
from sessions import game_watch, limited_game
from sessions.events import STATE_CHANGED
from sessions.exceptions import GameFailed, GameSuspended, IllegalMove
from sessions.game_registry import GameRegistry
from sessions.hang_record import HangRecord
from sessions.history import visible_page
from sessions.limited_game import BrokenLimit
from sessions.match import SessionEvent
from sessions.suspensions import (
    FIRST_SECONDS,
    GAME_WINDOW_SECONDS,
    MAX_GAME_FAILURES,
    MAX_SECONDS,
    Suspensions,
)
from tests.process import ROOT
from tests.unit.sessions.conftest import GRACE, OPTIONS


class Breaking(Dobutsu):
    """A game that breaks a limit at the move `break`, after it has been watched for a while."""

    name = "breaking"
    ticks_in_view = 0

    def apply(self, state, player, move):
        if move != "break":
            return super().apply(state, player, move)
        while True:
            WATCH.tick()

    def view(self, state, player):
        for _ in range(self.ticks_in_view):
            WATCH.tick()
        return super().view(state, player)


class Outless(Pig):
    """A game for many that does not return where it is asked whether a player is out."""

    name = "outless"
    breaks = False

    def is_out(self, state, player):
        while self.breaks:
            WATCH.tick()
        return super().is_out(state, player)


WATCH = game_watch.GameWatch(1.0)


@pytest.fixture
def now():
    return SimpleNamespace(time=1000.0)


@pytest.fixture
def suspensions(now):
    return Suspensions(lambda: now.time)


@pytest.fixture
def registry(suspensions):
    return GameRegistry({"breaking": Breaking(), "dobutsu": Dobutsu()}, suspensions)


def fail(registry, session_id):
    with pytest.raises(GameFailed, match="The game breaking has taken longer than 1 s"):
        registry.require("breaking", session_id).apply({}, 0, "break")


def test_a_session_that_fails_is_suspended_for_longer_each_time(registry, now):
    for seconds in (FIRST_SECONDS, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS):
        fail(registry, "s1")
        with pytest.raises(GameSuspended) as caught:
            registry.require("breaking", "s1").outcome({})
        assert caught.value.details == {"game": "breaking", "retry_after": seconds}
        now.time += seconds


def test_no_session_is_suspended_for_ever(suspensions, now):
    for _ in range(100):
        suspensions.add("breaking", "s1")
    assert suspensions.seconds_left("breaking", "s1") == MAX_SECONDS


def test_other_sessions_of_the_game_go_on(registry):
    fail(registry, "s1")
    assert limited_game.suspension_of(registry.require("breaking", "s2")) is None
    assert limited_game.suspension_of(registry.require("breaking")) is None


def test_a_game_that_fails_in_many_sessions_is_suspended(registry, now):
    for number in range(MAX_GAME_FAILURES + 1):
        assert limited_game.suspension_of(registry.require("breaking", "another")) is None
        fail(registry, f"s{number}")
    assert limited_game.suspension_of(registry.require("breaking", "another"))
    assert limited_game.suspension_of(registry.require("dobutsu", "another")) is None
    now.time += GAME_WINDOW_SECONDS
    assert limited_game.suspension_of(registry.require("breaking", "another")) is None


def test_a_game_that_is_held_in_no_session_is_suspended_in_all(registry, suspensions, now):
    suspensions.hold("breaking", "", 3600)
    assert limited_game.suspension_of(registry.require("breaking", "any"))
    assert limited_game.suspension_of(registry.require("dobutsu", "any")) is None
    now.time += 3600
    assert limited_game.suspension_of(registry.require("breaking", "any")) is None


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path, suspensions, caplog):
    (tmp_path / "file").write_text("")
    HangRecord(tmp_path / "file" / "folder").suspend(suspensions)
    assert "will not be suspended" in caplog.text
    assert not suspensions.failed


def test_half_a_note_of_what_hung_stops_nobody(tmp_path, suspensions):
    (tmp_path / "traceback").write_text("it hung")
    (tmp_path / "running").write_text('["breaking", "s')
    HangRecord(tmp_path).suspend(suspensions)
    assert not suspensions.failed


def test_nothing_is_ended_outside_of_a_game():
    for _ in range(game_watch.TICKS + 2):
        WATCH.tick()


def test_a_game_has_all_of_its_time_after_others_had_their_turn(registry):
    def tick(times):
        for _ in range(times):
            WATCH.tick()

    game = registry.require("dobutsu", "s1")
    game.run(tick, game_watch.TICKS)
    limited_game.renew(game)
    game.run(tick, game_watch.TICKS)
    with pytest.raises(GameFailed):
        game.run(tick, 1)


def test_a_game_that_catches_all_errors_is_ended_again(registry):
    def catch(times):
        for _ in range(times):
            try:
                WATCH.tick()
            except BrokenLimit:
                pass

    with pytest.raises(GameFailed):
        registry.require("breaking").run(lambda: (catch(9), WATCH.tick()))


def test_refusals_of_the_rules_are_not_failures(registry):
    game = registry.require("dobutsu", "s1")
    with pytest.raises(ValueError, match="."):
        game.apply(game.setup(2, {}, None), 0, "a9")
    assert limited_game.suspension_of(registry.require("dobutsu", "s1")) is None
    assert limited_game.running is None


class TestInTheService:
    @pytest.fixture
    def sessions(self, service):
        service.registry.games["breaking"] = Breaking()
        return [service.create(name, name, OPTIONS, ["alice", "bob"]) for name in (
            "breaking", "dobutsu"
        )]

    def test_a_failing_command_touches_no_other_of_its_batch(self, service, sessions):
        answers = service.execute_many([
            command(sessions[0], "alice", "b2b3"), command(sessions[0], "bob", "break"),
            command(sessions[1], "alice", "b2b3"),
        ])
        kinds = [each.get("error", {}).get("exc_type") for each in answers]
        assert kinds == ["GameSuspended", "GameSuspended", None]
        assert service.get(sessions[1])["version"] == 1

    def test_a_failure_is_a_line_of_the_log(self, service, sessions, caplog):
        service.execute_many([
            command(sessions[0], "alice", "b2b3"), command(sessions[0], "bob", "break"),
        ])
        [said] = [each for each in caplog.records if each.levelno > logging.INFO]
        assert "The game breaking has taken" in said.getMessage() and not said.exc_info

    def test_a_failure_names_the_game(self, service, sessions):
        service.execute(sessions[0], "alice", {"type": "move", "move": "b2b3"}, "c1")
        with pytest.raises(GameFailed, match="breaking"):
            service.execute(sessions[0], "bob", {"type": "move", "move": "break"}, "c2")
        with pytest.raises(GameSuspended, match="breaking"):
            service.execute(sessions[0], "bob", {"type": "move", "move": "b4b3"}, "c3")
        [answer] = service.connect_many([
            {"session_id": sessions[0], "connection_id": "x", "gateway_id": "g"}
        ])
        assert answer["error"]["exc_type"] == "GameSuspended"

    def test_a_player_of_a_suspended_session_can_resign(self, service, sessions):
        service.registry.suspensions.add("breaking", sessions[0])
        assert service.execute(sessions[0], "alice", {"type": "resign"}, "c1")["version"] == 1

    @pytest.mark.parametrize("is_suspended", [True, False])
    def test_a_player_who_is_refused_is_not_gone(
        self, service, sessions, clock, monkeypatch, is_suspended
    ):
        def elapse(seconds):
            for _ in range(seconds):
                clock.advance(1)
                service.keep_time()
            return service.get(sessions[0])["status"]

        come = [connection(sessions[0], login) for login in ("alice", "bob")]
        service.connect_many(come)
        service.disconnect(sessions[0], "of alice")
        elapse(GRACE - 1)
        if is_suspended:  # else by the game's failure at this very connection
            service.registry.suspensions.add("breaking", sessions[0])
        monkeypatch.setattr(Breaking, "ticks_in_view", game_watch.TICKS + 1)
        [answer] = service.connect_many(come[:1])
        assert answer["error"]["exc_type"] == "GameSuspended"
        monkeypatch.undo()
        service.registry.suspensions.__init__()
        assert elapse(int(FIRST_SECONDS) + GRACE - 1) == "active"
        assert elapse(2) == "ended"

    def test_a_player_who_goes_is_gone_though_the_game_fails(self, service):
        game = service.registry.games["outless"] = Outless()
        session_id = service.create(
            "outless", "outless", {**OPTIONS, "goal": 30}, ["alice", "bob", "carol"]
        )
        service.connect_many([connection(session_id, "alice")])
        game.breaks = True
        service.disconnect(session_id, "of alice")
        [_, left] = service.history(session_id)["events"]
        assert left["type"] == "session.player_disconnected" and left["deadline"]

    def test_those_who_come_together_have_a_games_time_each(self, service, sessions, monkeypatch):
        monkeypatch.setattr(Breaking, "ticks_in_view", game_watch.TICKS)
        answers = service.connect_many([connection(sessions[0], each) for each in ("alice", "bob")])
        assert ["error" in each for each in answers] == [False, False]

    def test_a_suspended_session_goes_on_as_it_was(self, service, sessions):
        service.execute(sessions[0], "alice", {"type": "move", "move": "b2b3"}, "c1")
        with pytest.raises(GameFailed):
            service.execute(sessions[0], "bob", {"type": "move", "move": "break"}, "c2")
        service.registry.suspensions.__init__()
        with pytest.raises(IllegalMove):
            service.execute(sessions[0], "bob", {"type": "move", "move": "a9"}, "c3")
        assert service.execute(sessions[0], "bob", {"type": "move", "move": "a4a3"}, "c4")


def connection(session_id, login):
    return {
        "session_id": session_id, "connection_id": f"of {login}", "gateway_id": "gateway",
        "login": login,
    }


def command(session_id, login, move):
    return {
        "session_id": session_id, "login": login, "command": {"type": "move", "move": move},
        "command_id": f"{login} {move}",
    }


@pytest.mark.parametrize(("endless", "end"), [
    ("max(itertools.count())", -signal.SIGPROF), ("10 ** 10 ** 10", 1),
], ids=["deaf", "looks_for_signals"])
def test_a_game_that_does_not_return_from_c_ends(endless, end):
    """Where its code does not even look for signals, the process ends."""
    program = f"""
        import itertools

        import eventlet

        eventlet.monkey_patch()
        from arbiter_games.dobutsu import Dobutsu
        from sessions import game_watch
        from sessions.game_registry import GameRegistry

        def hang():
            return {endless}

        game_watch.LOST_AFTER_SECONDS = 0.2
        game_watch.GameWatch(0.1).start()
        while True:  # until the watch has been wound up
            eventlet.sleep(0.2)
            GameRegistry({{"dobutsu": Dobutsu()}}).require("dobutsu").run(hang)
    """
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)], cwd=ROOT,
        capture_output=True, text=True, timeout=60,
    )
    assert ended.returncode == end
    assert "in hang" in ended.stderr


def test_a_session_that_hangs_in_c_again_is_suspended(tmp_path):
    """The first process tells that one has hung, the second where, and the third plays on."""
    program = f"""
        import itertools

        import eventlet

        eventlet.monkey_patch()
        from arbiter_games.dobutsu import Dobutsu
        from extensions.settings import Settings
        from sessions import dependencies, game_watch
        from sessions.exceptions import GameSuspended
        from tests.unit.fakes import Container

        class Hanging(Dobutsu):
            def outcome(self, state):
                return max(itertools.count()) if state == "hang" else None

        dependencies.load_games = lambda: {{"dobutsu": Hanging()}}
        game_watch.LOST_AFTER_SECONDS = 0.2
        container = Container(Settings(data_dir={str(tmp_path)!r}, game_timeout=0.1), "sessions")
        provider = dependencies.GameRegistryProvider().bind(container, "registry")
        provider.setup()
        eventlet.sleep(0.2)
        provider.registry.require("dobutsu", "fine").outcome("go on")
        try:
            provider.registry.require("dobutsu", "hung").outcome("hang")
        except GameSuspended as suspended:
            print(suspended.details)
        provider.registry.require("dobutsu", "fine").outcome("go on")
    """
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)]
    ends = [
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        for _ in range(3)
    ]
    assert [each.returncode for each in ends] == [-signal.SIGPROF] * 2 + [0], ends
    assert "in outcome" in ends[1].stderr and "in outcome" in ends[2].stderr
    assert "suspended in the session 'hung'" in ends[2].stderr
    assert "'game': 'dobutsu'" in ends[2].stdout


class Watched(Dobutsu):
    """A game that is watched once in each view."""

    def view(self, state, player):
        WATCH.tick()
        return super().view(state, player)


def test_each_event_of_former_rules_has_all_the_time(begin):
    match, number = begin(), game_watch.TICKS + 1
    match.former = [(number, GameRegistry({"dobutsu": Watched()}).require("dobutsu", "s1"))]
    data = {"state": match.state, "to_move": []}
    happened = [SessionEvent(each + 1, 0.0, STATE_CHANGED, data) for each in range(number)]
    assert len(visible_page(match, happened, None, number, 10**6)["events"]) == number
