"""How a player gets into the next session, whichever answers are lost."""

import threading
from typing import Any

import pytest

from client import Refused
from tools.chaos import meeting
from tools.chaos.meeting import Meeting, OpenedRooms, Plan
from tools.chaos.player import Unanswered

NEW, OLD = "new", "old"


def refused(error_type: str) -> Refused:
    return Refused({"code": -32000, "message": error_type, "data": {"type": error_type}})


class Player:
    """Returns the answers that are given for each method in turn, the last one repeatedly."""

    login = "ada"

    def __init__(self, **answers: list[Any]):
        self.answers = {name.replace("__", "."): given for name, given in answers.items()}
        self.called: list[str] = []
        self.errors: list[str] = []
        self.streams: list[Any] = []

    def call(self, method: str, **params: Any) -> Any:
        self.called.append(method)
        given = self.answers[method]
        answer = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def next_event(self, timeout: float) -> None:
        return None

    def pause(self) -> None:
        pass


@pytest.fixture(autouse=True)
def no_waiting_for_events(monkeypatch):
    monkeypatch.setattr(meeting, "SESSION_EVENT_TIMEOUT_SECONDS", 0.0)


def meet(player: Player, way: str, is_host: bool = False, last: str | None = None) -> str | None:
    rooms, playing = OpenedRooms(), threading.Event()
    rooms.announce(0, "the room")
    playing.set()
    return Meeting(player, Plan(0, way, is_host, {}, last), rooms, playing).meet()


def listed(*ids: str) -> dict[str, Any]:
    return {"items": [{"session_id": each} for each in ids]}


def test_after_a_lost_answer_the_list_has_the_session():
    player = Player(
        rooms__join=[Unanswered(), refused("AlreadyInRoom")],
        sessions__list=[listed(), listed(NEW)],
    )
    assert meet(player, "room") == NEW
    assert player.errors == []


def test_a_host_watches_the_room_until_it_is_filled():
    room = {"room_id": "r1", "status": "open"}
    player = Player(
        rooms__create=[Unanswered(), room], rooms__get=[{**room, "status": "filled"}],
        sessions__list=[listed(), listed(NEW)],
    )
    assert meet(player, "room", is_host=True) == NEW
    assert player.called.count("rooms.create") == 2


def test_a_closed_room_is_opened_again():
    room = {"room_id": "r1", "connection_key": "KEY", "status": "open"}
    player = Player(
        private_rooms__create=[room], rooms__get=[{**room, "status": "closed"}],
        sessions__list=[listed(), listed(), listed(NEW)],
    )
    assert meet(player, "private room", is_host=True) == NEW
    assert player.called.count("private_rooms.create") == 2


def test_a_search_is_restarted_only_without_a_session():
    player = Player(
        searcher__status=[{"status": "idle"}, {"status": "searching"}, {"status": "idle"}],
        searcher__start=[{"status": "searching"}],
        sessions__list=[listed(), listed(), listed(), listed(NEW)],
    )
    assert meet(player, "search") == NEW
    assert player.called.count("searcher.start") == 1


def test_a_rematch_is_asked_for_until_it_is_possible():
    player = Player(
        sessions__rematch=[refused("CannotRematch"), {"status": "asked"}],
        sessions__list=[listed(), listed(NEW)],
    )
    assert meet(player, "rematch", last=OLD) == NEW
    assert player.errors == []


def test_an_unexpected_refusal_is_recorded():
    player = Player(rooms__join=[refused("RoomClosed")], sessions__list=[listed(NEW)])
    assert meet(player, "room") == NEW
    assert player.errors == ["ada, room: RoomClosed"]
