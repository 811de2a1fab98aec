"""How a player plays a session, with the answers and events of the test."""

import random
import threading
from typing import Any

from tools.chaos.session_play import SessionPlay


class Player:
    """Has a snapshot on connecting, then an answer for each command and an event for each wait."""

    login = "ada"

    def __init__(self, snapshot: dict[str, Any], answers: list, events: list):
        self.snapshot: dict[str, Any] | None = None
        self.rng = random.Random(1)
        self.stopping = threading.Event()
        self.stopping.wait = lambda seconds: False
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
    playing = threading.Event()
    playing.set()
    SessionPlay(player, "s1", playing).play()
    assert not player._answers and not player._events
    return [command["type"] for command in player.commands]


def moved(version: int, legal: list[str]) -> dict[str, Any]:
    return event("state_changed", version, legal=legal, state={"board": {}}, draw_offered_by=None)


def test_no_command_is_sent_before_the_last_ones_event():
    player = Player(
        snapshot(6), [(7, None), (9, None)],
        [None, moved(7, []), moved(8, ["b3b4"]), None, event("ended", 9)],
    )
    assert len(play(player)) == 2


def test_an_old_snapshot_leads_to_no_further_command():
    offered = snapshot(6, draw_offered_by="ben")
    player = Player(offered, [(7, offered)], [event("draw_declined", 7), event("ended", 8)])
    player.rng.random = lambda: 0.5  # to decline it
    player._answers.append((None, None))  # and then a move, which comes too late
    assert play(player) == ["decline_draw", "move"]


def test_a_refused_player_waits_for_the_next_event():
    player = Player(snapshot(6), [(None, None)], [None, event("ended", 7)])
    assert len(play(player)) == 1


def test_an_ended_session_is_left():
    assert play(Player(snapshot(6, status="ended"), [], [])) == []
