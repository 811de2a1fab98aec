"""Which sessions have begun: asked by gateways that could not hear it announced."""

import pytest

from sessions import started_sessions
from tests.unit.sessions.conftest import NOW, OPTIONS

LATE = NOW + 100


@pytest.fixture
def begin(service, clock):
    """Begins a session at a moment; the notices of it by player."""

    def begin(key, at=LATE, players=("alice", "bob"), game="dobutsu"):
        clock.now = at
        return service.create(key, game, OPTIONS, list(players))

    return begin


def keys(answer):
    return [each["key"] for each in answer["sessions"]]


def test_each_player_is_told_what_was_announced_and_by_the_same_id(service, begin, outbox):
    session_id = begin("k1")
    announced = {
        player: notice.body for notice in outbox.sent for player in notice.players
    }
    answer = service.begun_since(["alice", "bob"], NOW)
    [begun] = answer["sessions"]
    assert (begun["session_id"], begun["key"], begun["begun_at"]) == (session_id, "k1", LATE)
    for login, body in announced.items():
        assert begun["notices"][login] == body
    assert len({body["id"] for body in announced.values()}) == 2
    assert all(len(body["id"]) <= 32 for body in announced.values())  # as its column takes


def test_a_session_is_told_as_it_is_now(service, begin):
    session_id = begin("k1")
    service.execute(session_id, "alice", {"type": "resign"}, "c1")
    [begun] = service.begun_since(["bob"], NOW)["sessions"]
    assert list(begun["notices"]) == ["bob"]
    assert begun["notices"]["bob"]["params"]["session"]["status"] == "ended"


def test_only_what_has_begun_since_and_is_theirs(service, begin):
    begin("before")
    begin("then", LATE + 1)
    begin("of others", LATE + 2, ("carol", "dave"))
    begin("last", LATE + 3, ("bob", "Alice"))
    assert keys(service.begun_since(["alice"], LATE + 1)) == ["then", "last"]
    assert keys(service.begun_since(["carol"], LATE)) == ["of others"]
    assert keys(service.begun_since(["erin"], LATE)) == []


def test_what_each_may_not_see_of_it_they_are_not_told(service, begin):
    begin("k1", game="high_card")
    [begun] = service.begun_since(["alice", "bob"], NOW)["sessions"]
    alice, bob = (begun["notices"][each]["params"]["session"] for each in ("alice", "bob"))
    assert alice["state"] != bob["state"]


def test_of_many_each_is_told_once_in_some_answers(service, begin, monkeypatch):
    monkeypatch.setattr(started_sessions, "PAGE_SIZE", 2)
    made = [f"k{number}" for number in range(5)]
    for key in made:
        begin(key)
    found, position = [], [NOW]
    while position:
        answer = service.begun_since(["alice"], *position)
        assert len(answer["sessions"]) <= 2
        found, position = found + keys(answer), answer["next"]
    assert sorted(found) == made


def test_nobody_is_told_of_what_has_begun_long_ago(service, begin, clock):
    begin("k1")
    clock.advance(started_sessions.MAX_AGE_SECONDS + 1)
    assert keys(service.begun_since(["alice"], 0)) == []


def test_a_session_whose_game_has_been_taken_away_is_as_if_not_there(service, begin):
    begin("k1")
    del service.registry.games["dobutsu"]
    assert service.begun_since(["alice"], NOW) == {"sessions": [], "next": None}


def test_they_are_found_by_indexes_however_many_games_there_were(service, begin, explain):
    begin("k1")
    steps = explain(lambda: service.begun_since(["alice", "bob"], NOW), "EXISTS")
    assert "SEARCH sessions USING INDEX sessions_newest_first (created_at>?)" in steps
    assert not any(step.startswith("SCAN") for step in steps), steps
