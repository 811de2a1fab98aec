"""Recently started sessions, for gateways that were disconnected."""

import pytest

from sessions import session_lists
from tests.unit.sessions.conftest import NOW, OPTIONS

LATE = NOW + 100


@pytest.fixture
def begin(service, clock):
    """Return a function that creates a session at a moment."""

    def begin(key, at=LATE, players=("alice", "bob"), game="dobutsu"):
        clock.now = at
        return service.create(key, game, OPTIONS, list(players))

    return begin


def keys(answer):
    return [each["key"] for each in answer["sessions"]]


def test_the_messages_are_those_that_were_announced(service, begin, outbox):
    session_id = begin("k1")
    announced = {
        player: message.body for message in outbox.sent for player in message.players
    }
    answer = service.list_started(["alice", "bob"], NOW)
    [started] = answer["sessions"]
    assert (started["session_id"], started["key"]) == (session_id, "k1")
    assert started["started_at"] == LATE
    for login, body in announced.items():
        assert started["created_events"][login] == body
    assert len({body["id"] for body in announced.values()}) == 2
    assert all(len(body["id"]) <= 32 for body in announced.values())  # the size of the column


def test_a_session_is_shown_as_it_is_now(service, begin):
    session_id = begin("k1")
    service.execute(session_id, "alice", {"type": "resign"}, "c1")
    [started] = service.list_started(["bob"], NOW)["sessions"]
    assert list(started["created_events"]) == ["bob"]
    assert started["created_events"]["bob"]["params"]["session"]["status"] == "ended"


def test_only_later_sessions_of_these_players_are_listed(service, begin):
    begin("before")
    begin("then", LATE + 1)
    begin("of others", LATE + 2, ("carol", "dave"))
    begin("last", LATE + 3, ("bob", "Alice"))
    assert keys(service.list_started(["alice"], LATE + 1)) == ["then", "last"]
    assert keys(service.list_started(["carol"], LATE)) == ["of others"]
    assert keys(service.list_started(["erin"], LATE)) == []


def test_each_player_sees_only_their_own_view(service, begin):
    begin("k1", game="high_card")
    [started] = service.list_started(["alice", "bob"], NOW)["sessions"]
    alice, bob = (started["created_events"][each]["params"]["session"] for each in ("alice", "bob"))
    assert alice["state"] != bob["state"]


def test_many_sessions_come_in_pages_each_once(service, begin, monkeypatch):
    monkeypatch.setattr(session_lists, "STARTED_PAGE_SIZE", 2)
    made = [f"k{number}" for number in range(5)]
    for key in made:
        begin(key)
    found, position = [], [NOW]
    while position:
        answer = service.list_started(["alice"], *position)
        assert len(answer["sessions"]) <= 2
        found, position = found + keys(answer), answer["next"]
    assert sorted(found) == made


def test_sessions_started_long_ago_are_left_out(service, begin, clock):
    begin("k1")
    clock.advance(session_lists.MAX_STARTED_AGE_SECONDS + 1)
    assert keys(service.list_started(["alice"], 0)) == []


def test_a_session_of_a_removed_game_is_left_out(service, begin):
    begin("k1")
    del service.registry.games["dobutsu"]
    service.registry._made.clear()
    assert service.list_started(["alice"], NOW) == {"sessions": [], "next": None}


def test_started_sessions_are_found_by_an_index(service, begin, explain):
    begin("k1")
    steps = explain(lambda: service.list_started(["alice", "bob"], NOW), "EXISTS")
    assert "SEARCH sessions USING INDEX sessions_newest_first (created_at>?)" in steps
    assert not any(step.startswith("SCAN") for step in steps), steps
