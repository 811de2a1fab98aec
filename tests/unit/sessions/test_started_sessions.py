"""Recently started sessions, for gateways that were disconnected; rematches."""

import pytest

from sessions import started_sessions
from sessions.exceptions import CannotRematch, NotAPlayer, SessionActive, SessionNotFound
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
    answer = service.begun_since(["alice", "bob"], NOW)
    [begun] = answer["sessions"]
    assert (begun["session_id"], begun["key"], begun["begun_at"]) == (session_id, "k1", LATE)
    for login, body in announced.items():
        assert begun["notices"][login] == body
    assert len({body["id"] for body in announced.values()}) == 2
    assert all(len(body["id"]) <= 32 for body in announced.values())  # the size of the column


def test_a_session_is_shown_as_it_is_now(service, begin):
    session_id = begin("k1")
    service.execute(session_id, "alice", {"type": "resign"}, "c1")
    [begun] = service.begun_since(["bob"], NOW)["sessions"]
    assert list(begun["notices"]) == ["bob"]
    assert begun["notices"]["bob"]["params"]["session"]["status"] == "ended"


def test_only_later_sessions_of_these_players_are_listed(service, begin):
    begin("before")
    begin("then", LATE + 1)
    begin("of others", LATE + 2, ("carol", "dave"))
    begin("last", LATE + 3, ("bob", "Alice"))
    assert keys(service.begun_since(["alice"], LATE + 1)) == ["then", "last"]
    assert keys(service.begun_since(["carol"], LATE)) == ["of others"]
    assert keys(service.begun_since(["erin"], LATE)) == []


def test_each_player_sees_only_their_own_view(service, begin):
    begin("k1", game="high_card")
    [begun] = service.begun_since(["alice", "bob"], NOW)["sessions"]
    alice, bob = (begun["notices"][each]["params"]["session"] for each in ("alice", "bob"))
    assert alice["state"] != bob["state"]


def test_many_sessions_come_in_pages_each_once(service, begin, monkeypatch):
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


def test_sessions_started_long_ago_are_left_out(service, begin, clock):
    begin("k1")
    clock.advance(started_sessions.MAX_AGE_SECONDS + 1)
    assert keys(service.begun_since(["alice"], 0)) == []


def test_a_session_of_a_removed_game_is_left_out(service, begin):
    begin("k1")
    del service.registry.games["dobutsu"]
    assert service.begun_since(["alice"], NOW) == {"sessions": [], "next": None}


def test_started_sessions_are_found_by_an_index(service, begin, explain):
    begin("k1")
    steps = explain(lambda: service.begun_since(["alice", "bob"], NOW), "EXISTS")
    assert "SEARCH sessions USING INDEX sessions_newest_first (created_at>?)" in steps
    assert not any(step.startswith("SCAN") for step in steps), steps


class TestRematch:
    @pytest.fixture
    def ended(self, service, session_id, under_way, execute, outbox):
        execute("alice", "resign")
        outbox.forget()

    def test_the_second_request_starts_the_rematch(self, service, session_id, ended, outbox):
        assert service.rematch(session_id, "alice") == {"status": "asked"}
        assert outbox.heard == [("session.rematch_asked", ("alice", "bob"))]
        created = service.rematch(session_id, "bob")
        session = service.get(created["session_id"])
        assert (session["players"], session["options"]) == (["bob", "alice"], OPTIONS)
        assert service.rematch(session_id, "alice") == created
        assert [event for event, _ in outbox.heard[1:]] == ["session.created"] * 2

    def test_a_repeated_request_is_announced_once(self, service, session_id, ended, silent):
        service.rematch(session_id, "alice")
        with silent():
            assert service.rematch(session_id, "alice") == {"status": "asked"}

    def test_a_request_lapses_when_a_player_leaves(
        self, service, session_id, ended, connect, outbox, refused
    ):
        service.rematch(session_id, "alice")
        service.disconnect(session_id, "of bob")
        assert [announced["login"] for announced in outbox.hear("session.rematch_asked")] == [
            "alice", None
        ]
        with refused(CannotRematch):
            service.rematch(session_id, "alice")
        connect("bob")
        assert service.rematch(session_id, "bob") == {"status": "asked"}

    def test_a_rematch_is_for_players_after_the_end(self, service, session_id, under_way, refused):
        with refused(SessionActive):
            service.rematch(session_id, "alice")
        with refused(NotAPlayer):
            service.rematch(session_id, "carol")
        with refused(SessionNotFound):
            service.rematch("nowhere", "alice")

    def test_the_rematch_of_a_private_session_is_private(self, service, create, execute):
        session_id = create(private=True)
        for login in ("alice", "bob"):
            service.connect(session_id, login, "gateway", login)
        execute("alice", "resign", session_id=session_id)
        service.rematch(session_id, "alice")
        created = service.rematch(session_id, "bob")["session_id"]
        assert created not in [each["session_id"] for each in service.list()["items"]]
        assert created in [each["session_id"] for each in service.list("alice")["items"]]
