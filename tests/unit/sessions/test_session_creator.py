"""Rematches: who may ask, and the session that is created once all have asked."""

import pytest

from sessions.exceptions import CannotRematch, NotAPlayer, SessionActive, SessionNotFound
from tests.unit.sessions.conftest import OPTIONS


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
