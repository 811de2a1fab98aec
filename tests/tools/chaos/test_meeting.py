"""How a player gets into the next session, whatever answer is lost; the server is made up."""

from typing import Any

import pytest

from tools.chaos import table as tables
from tools.chaos.player import Away
from tools.chaos.table import Meeting, Table
from tools.demo.client import Refused

NEW, OLD = "new", "old"


def refused(error_type: str) -> Refused:
    return Refused({"code": -32000, "message": error_type, "data": {"type": error_type}})


class Player:
    """Answers each method by what it is given for it, in turn; the last of it again and again."""

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
def no_events_are_waited_for(monkeypatch):
    monkeypatch.setattr(tables, "FOUND_WITHIN", 0.0)


def meet(player: Player, way: str, is_host: bool = False, last: str | None = None) -> str | None:
    other = Player()
    table = Table(0, (player, other) if is_host else (other, player), seed=1)
    table.way = lambda number: way
    table.offer(0, "the room")
    return Meeting(table, player, 0, last).meet()


def listed(*ids: str) -> dict[str, Any]:
    return {"items": [{"session_id": each} for each in ids]}


def test_who_has_joined_though_the_answer_was_lost_finds_the_session_in_the_list():
    player = Player(
        rooms__join=[Away(), refused("AlreadyInRoom")], sessions__list=[listed(), listed(NEW)],
    )
    assert meet(player, "room") == NEW
    assert player.errors == []


def test_who_has_opened_a_room_looks_after_it_until_it_is_filled():
    room = {"room_id": "r1", "status": "open"}
    player = Player(
        rooms__create=[Away(), room], rooms__get=[{**room, "status": "filled"}],
        sessions__list=[listed(), listed(NEW)],
    )
    assert meet(player, "room", is_host=True) == NEW
    assert player.called.count("rooms.create") == 2


def test_a_room_that_has_closed_is_opened_anew():
    room = {"room_id": "r1", "connection_key": "KEY", "status": "open"}
    player = Player(
        private_rooms__create=[room], rooms__get=[{**room, "status": "closed"}],
        sessions__list=[listed(), listed(), listed(NEW)],
    )
    assert meet(player, "private room", is_host=True) == NEW
    assert player.called.count("private_rooms.create") == 2


def test_a_search_is_started_again_only_where_it_has_led_to_nothing():
    player = Player(
        searcher__status=[{"status": "idle"}, {"status": "searching"}, {"status": "idle"}],
        searcher__start=[{"status": "searching"}],
        sessions__list=[listed(), listed(), listed(), listed(NEW)],
    )
    assert meet(player, "search") == NEW
    assert player.called.count("searcher.start") == 1


def test_a_rematch_is_asked_for_until_the_other_one_is_back():
    player = Player(
        sessions__rematch=[refused("CannotRematch"), {"status": "asked"}],
        sessions__list=[listed(), listed(NEW)],
    )
    assert meet(player, "rematch", last=OLD) == NEW
    assert player.errors == []


def test_a_refusal_that_cannot_be_right_is_written_down():
    player = Player(rooms__join=[refused("RoomClosed")], sessions__list=[listed(NEW)])
    assert meet(player, "room") == NEW
    assert player.errors == ["ada, room: RoomClosed"]
