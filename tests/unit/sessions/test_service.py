"""Games and options, creating sessions, and resigning them: each once, stored before it is told."""

import pytest
from sqlalchemy.exc import IntegrityError

from sessions import events
from sessions.exceptions import GameNotFound, InvalidOptions, SessionNotFound
from tests.unit.sessions.conftest import CATCHING_THE_LION, OPTIONS


class TestGames:
    def test_games_are_listed_by_name(self, service):
        games = service.games()
        names = [game["name"] for game in games]
        assert names == ["dobutsu", "faulty", "high_card", "pig", "undecidable"]
        assert games[0] == {
            "name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2
        }

    def test_options_are_completed(self, service):
        assert service.complete_options("dobutsu", {}) == {
            "game": "dobutsu", "options": OPTIONS, "seats": 2
        }

    def test_an_unknown_game_is_refused_before_its_options(self, service, refused):
        with refused(GameNotFound) as caught:
            service.complete_options("tafl", {"surprise": 1})
        assert caught.value.details == {"game": "tafl"}
        with refused(InvalidOptions):
            service.complete_options("dobutsu", {"surprise": 1})
        with refused(InvalidOptions):
            service.complete_options("dobutsu", {}, 3)


class TestCreate:
    def test_a_session_starts_and_each_player_is_told(self, service, outbox):
        session_id = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        session = service.get(session_id)
        assert (session["players"], session["to_move"], session["version"]) == (
            ["alice", "bob"], ["alice"], 0
        )
        assert outbox.heard == [
            ("session.created", ("alice",)), ("session.created", ("bob",))
        ]
        assert events.is_id(session_id)
        announced = [params["session"] for params in outbox.hear("session.created")]
        assert announced == [service.get(session_id, login) for login in ("alice", "bob")]

    def test_the_same_key_gives_the_same_session_silently(self, service, clock, silent):
        first = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        clock.advance(100)
        with silent():
            assert service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]) == first
        assert len(service.list()["items"]) == 1

    def test_another_key_gives_another_session(self, service):
        ids = {service.create(key, "dobutsu", OPTIONS, ["alice", "bob"]) for key in "abc"}
        assert len(ids) == 3

    def test_a_known_key_is_found_where_its_game_is_gone(self, service, silent):
        first = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        del service.registry.games["dobutsu"]
        with silent():
            assert service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]) == first

    def test_a_new_session_needs_no_query(self, service, statements):
        said = statements(lambda: service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]))
        assert said and not [each for each in said if "SELECT" in each]

    def test_a_session_that_cannot_be_stored_is_an_error(self, service):
        with pytest.raises(IntegrityError):
            service.create("key", "dobutsu", OPTIONS, ["alice", "ALICE"])

    def test_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.create("key", "tafl", OPTIONS, ["alice", "bob"])


class TestInitialState:
    def test_the_initial_state_is_shown_after_moves(self, service, session_id, play):
        before = service.get(session_id)["state"]
        play(*CATCHING_THE_LION[:2])
        assert service.initial_state(session_id) == {"state": before}

    def test_secrets_of_the_initial_state_are_kept_until_the_end(self, service, execute):
        session_id = service.create("key", "high_card", OPTIONS, ["alice", "bob"])
        before = {each: service.get(session_id, each)["state"] for each in ("alice", "bob", None)}
        execute("alice", move=f"play {before['alice']['hand'][0]}", session_id=session_id)
        for viewer, state in before.items():
            assert service.initial_state(session_id, viewer) == {"state": state}
        execute("bob", "resign", session_id=session_id)
        shown = service.initial_state(session_id)["state"]
        assert shown["hands"] == [before["alice"]["hand"], before["bob"]["hand"]]

    def test_an_unknown_session_is_not_found(self, service, refused):
        with refused(SessionNotFound):
            service.initial_state("nowhere")


class TestResignAll:
    def test_active_sessions_of_the_player_are_resigned(
        self, service, session_id, create, execute, outbox
    ):
        active, ended = session_id, create()
        others = create(players=["carol", "dave"])
        execute("bob", "resign", session_id=ended)
        outbox.forget()
        service.resign_all("alice")
        assert service.get(active)["result"]["winner"] == "bob"
        assert service.get(ended)["result"]["winner"] == "alice"
        assert service.get(others)["status"] == "active"
        assert [announced["session_id"] for announced in outbox.hear("session.ended")] == [active]

    def test_without_sessions_nothing_happens(self, service, silent):
        with silent():
            service.resign_all("nobody")


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
