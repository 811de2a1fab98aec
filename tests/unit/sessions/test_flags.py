"""Commands after a flag has fallen, and the time that is given back."""

import pytest

from sessions import deadlines, flags
from sessions.commands import Command, decide
from tests.unit.sessions.conftest import NOW, score
from tests.unit.sessions.games import HighCard


class TestFlags:
    """A command after the player's own flag has fallen is too late, whatever its type."""

    @pytest.fixture
    def clocked(self, begin, move):
        """Return a match in which both have moved, and Alice has a minute left."""
        match = begin(clock={"initial": 60, "increment": 0})
        move(match, "b2b3", "a4a3")
        return match

    @staticmethod
    def fallen(match, login, after, **timing):
        now = NOW + after
        command = Command.timed(match, now, login, {"type": "resign"}, **timing)
        return flags.expire_own(match, command.login, command.clocks, now)

    def test_a_command_after_the_own_flag_ends_the_session(self, clocked):
        [event] = self.fallen(clocked, "alice", 60)
        assert event.data["result"] == {
            "winner": "bob", "reason": "timeout", "by_player": score(0, 1)
        }
        assert clocked.status == "ended"

    def test_a_command_before_the_flag_falls_ends_nothing(self, clocked, match):
        assert self.fallen(clocked, "alice", 59.9) == []
        assert self.fallen(match, "alice", 1000) == []

    def test_a_player_who_has_chosen_loses_no_time(self, begin, give):
        match = begin(HighCard(), clock={"initial": 60, "increment": 0})
        for after, login in ((1, "bob"), (2, "alice"), (12, "alice")):
            seat = match.players.index(login)
            cards = match.state["hands"][seat]
            give(match, login, "move", move=f"play {cards[0]}", after=after)
        assert match.clocks.remaining(NOW + 42) == {"alice": 50, "bob": 20}

    def test_a_command_does_not_judge_the_opponents_flag(self, clocked):
        assert self.fallen(clocked, "bob", 60.1) == []

    def test_time_under_way_is_given_back_first(self, clocked):
        assert self.fallen(clocked, "alice", 60.2, arrived=NOW + 59.9) == []
        assert self.fallen(clocked, "alice", 60.2, round_trip=0.3) == []
        assert self.fallen(clocked, "alice", 60.2, arrived=NOW + 60.1) != []

    @pytest.mark.parametrize("ticks", [[], [60.0, 60.25, 60.41], [60.2, 60.45]])
    def test_the_timer_does_not_overrule_excused_lag(self, clocked, ticks):
        assert not any(deadlines.expire(clocked, NOW + tick) for tick in ticks)
        move = {"type": "move", "move": "c1c2"}
        now = NOW + 60.45
        command = Command.timed(clocked, now, "alice", move, arrived=now, round_trip=0.5)
        assert flags.expire_own(clocked, command.login, command.clocks, now) == []
        [event] = decide(clocked, command, now).events
        assert event.data["clocks"]["alice"] == pytest.approx(0.05)

    def test_a_late_command_loses_though_the_timer_waits(self, clocked):
        assert deadlines.expire(clocked, NOW + 60.2) == []
        assert self.fallen(clocked, "alice", 60.2, arrived=NOW + 60.2) != []

    def test_a_move_in_time_counts_though_decided_late(self, clocked):
        move, now = {"type": "move", "move": "c1c2"}, NOW + 60.2
        command = Command.timed(clocked, now, "alice", move, arrived=NOW + 59.5)
        [event] = decide(clocked, command, now).events
        assert event.data["clocks"]["alice"] == pytest.approx(0.5)
