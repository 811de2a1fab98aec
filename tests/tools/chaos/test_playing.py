"""How a player plays on what it has heard; against a server made up."""

import random
import threading
from typing import Any

from tools.chaos.table import Play, Table


class Player:
    """Shows a snapshot on connecting, and then what is given for each command and each wait."""

    login = "ada"

    def __init__(self, snapshot: dict[str, Any], answers: list, events: list):
        self.snapshot: dict[str, Any] | None = None
        self.rng = random.Random(1)
        self.leaving = threading.Event()
        self.leaving.wait = lambda seconds: False
        self.commands: list[dict[str, Any]] = []
        self._first, self._answers, self._events = snapshot, answers, events

    def follow(self, session_id: str) -> None:
        self.snapshot = self._first

    def execute(self, session_id, command, version, thought):
        self.commands.append(command)
        version, self.snapshot = self._answers.pop(0)
        return version

    def next_event(self, timeout: float) -> dict[str, Any] | None:
        return self._events.pop(0)


def snapshot(version: int, **others: Any) -> dict[str, Any]:
    return {
        "session_id": "s1", "version": version, "status": "active", "legal": ["b2b3"],
        "state": {"board": {}}, "draw_offered_by": None, **others,
    }


def event(name: str, version: int, **params: Any) -> dict[str, Any]:
    params = {"session_id": "s1", "version": version, **params}
    return {"method": f"session.{name}", "params": params}


def play(player: Player) -> list[str]:
    Play(Table(0, (player, player), seed=1), player, "s1").play()
    assert not player._answers and not player._events
    return [command["type"] for command in player.commands]


def moved(version: int, legal: list[str]) -> dict[str, Any]:
    return event("state_changed", version, legal=legal, state={"board": {}}, draw_offered_by=None)


def test_nothing_is_sent_until_ones_own_last_command_has_been_heard_of():
    player = Player(
        snapshot(6), [(7, None), (9, None)],
        [None, moved(7, []), moved(8, ["b3b4"]), None, event("ended", 9)],
    )
    assert len(play(player)) == 2


def test_a_snapshot_from_before_ones_own_command_leads_to_no_further_one():
    offered = snapshot(6, draw_offered_by="ben")
    player = Player(offered, [(7, offered)], [event("draw_declined", 7), event("ended", 8)])
    player.rng.random = lambda: 0.5  # to decline it
    player._answers.append((None, None))  # and then a move, which comes too late
    assert play(player) == ["decline_draw", "move"]


def test_who_is_refused_waits_for_what_has_happened():
    player = Player(snapshot(6), [(None, None)], [None, event("ended", 7)])
    assert len(play(player)) == 1


def test_a_session_that_has_ended_is_left():
    assert play(Player(snapshot(6, status="ended"), [], [])) == []
