"""What is kept of sessions: their history, lists of them, exports; and playing again."""

from functools import partial

import eventlet
import pytest
from sqlalchemy import event, update
from sqlalchemy.engine import Engine

from arbiter_games.contract import Game
from arbiter_games.dobutsu import Dobutsu
from extensions.pagination import UnknownCursor, encode_cursor
from sessions import views
from sessions.exceptions import (
    CannotRematch,
    GameNotFound,
    NotAPlayer,
    SessionActive,
    SessionNotFound,
)
from sessions.models import SessionRow
from tests.unit.sessions.conftest import CATCHING_THE_LION, OPTIONS
from tests.unit.sessions.games import Faulty


def ids(page):
    return [session["session_id"] for session in page["items"]]


def versions(events):
    return [event["version"] for event in events["events"]]


@pytest.fixture
def transactions():
    """Tells how many transactions are under way, of those that have begun since."""
    begun = []
    listeners = {
        "begin": lambda connection: begun.append(connection),
        "commit": lambda connection: begun.pop(),
        "rollback": lambda connection: begun.pop(),
    }
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    yield lambda: len(begun)
    for name, listener in listeners.items():
        event.remove(Engine, name, listener)


class TestHistory:
    def test_tells_what_has_happened_from_the_beginning_or_after_a_version(
        self, service, session_id, under_way
    ):
        assert versions(service.history(session_id)) == [1, 2, 3, 4]
        assert versions(service.history(session_id, since=3)) == [4]
        assert versions(service.history(session_id, since=4)) == []

    @pytest.mark.parametrize("ask", [
        lambda service, session_id: service.history(session_id, "alice"),
        lambda service, session_id: service.connect(session_id, "c", "gateway", "alice", since=0),
    ])
    def test_a_long_one_keeps_no_row_locked_and_nobody_waiting(
        self, service, session_id, play, transactions, monkeypatch, ask
    ):
        play(*CATCHING_THE_LION)
        served, under_way, shown = [], [], views.event_view

        def watched(*arguments):
            under_way.append(transactions() > 0)
            served.append(f"event {len(under_way)}")
            eventlet.spawn(served.append, f"others {len(under_way)}")
            return shown(*arguments)

        monkeypatch.setattr(views, "event_view", watched)
        ask(service, session_id)
        assert served[:4] == ["event 1", "others 1", "event 2", "others 2"]
        assert not any(under_way)

    def test_a_game_whose_events_hold_whole_states_is_read_and_played_on(
        self, service, session_id, play, monkeypatch
    ):
        """As they were stored before `for_history`."""
        with monkeypatch.context() as before:
            before.setattr(Dobutsu, "for_history", Game.for_history)
            play(*CATCHING_THE_LION[:2])
        play(CATCHING_THE_LION[2])
        moves = service.history(session_id)["events"][:3]
        assert [each["command"]["move"] for each in moves] == CATCHING_THE_LION
        assert [each["state"]["ply"] for each in moves] == [1, 2, 3]
        assert service.history(session_id, "bob")["events"][0]["legal"]
        assert all(move in service.export(session_id)["text"] for move in CATCHING_THE_LION)

    def test_an_unknown_session_is_not_found(self, service, refused):
        for method in (service.get, service.history, service.export):
            with refused(SessionNotFound):
                method("nowhere")


class TestList:
    def test_sessions_are_listed_newest_first_and_page_by_page(self, service, create):
        begun = [create() for _ in range(5)]
        first = service.list(limit=2)
        second = service.list(limit=2, after=first["next"])
        third = service.list(limit=2, after=second["next"])
        assert sum(map(ids, (first, second, third)), []) == begun[::-1]
        assert third["next"] is None

    def test_by_player_whatever_the_case_by_game_and_by_status(self, service, create, execute):
        mine, other = create(players=["Zoe", "bob"]), create("high_card")
        execute("Zoe", "resign", session_id=mine)
        assert ids(service.list(login="zoe")) == [mine]
        assert ids(service.list(game="high_card")) == [other]
        assert ids(service.list(status="ended")) == [mine]
        assert mine not in ids(service.list(status="active"))
        assert ids(service.list(login="nobody")) == []

    def test_of_a_game_active_ones_and_others_are_listed_as_they_began(
        self, service, session_id, create, execute
    ):
        begun = [session_id, *(create() for _ in range(5))]
        create("high_card")
        for session_id in begun[::2]:
            execute("alice", "resign", session_id=session_id)
        found, after = [], None
        while after or not found:
            answer = service.list(game="dobutsu", limit=2, after=after)
            found, after = found + ids(answer), answer["next"]
        assert found == begun[::-1]

    @pytest.mark.parametrize(("asked", "index"), [
        ({}, "newest_first"),
        ({"status": "active"}, "active"),
        ({"status": "ended"}, "newest_first"),
        ({"game": "dobutsu"}, "active of_game"),
        ({"game": "dobutsu", "status": "active"}, "active"),
        ({"game": "dobutsu", "status": "ended"}, "of_game"),
    ])
    def test_they_are_found_by_indexes_however_many_there_are(
        self, service, create, explain, asked, index
    ):
        for _ in range(2):
            create()
        for after in (None, service.list(limit=1)["next"]):
            ask = partial(service.list, limit=1, after=after, **asked)
            steps = explain(ask, "created_at DESC")
            used = [step for step in steps if " sessions " in step]
            assert len(used) == len(index.split()), steps
            for step, name in zip(used, index.split(), strict=True):
                assert f"USING INDEX sessions_{name}" in step
                assert after is None or "created_at<?" in step

    def test_those_of_a_player_are_found_by_the_player_also_with_a_game(self, service, explain):
        steps = explain(lambda: service.list(login="zoe", game="dobutsu"), "created_at DESC")
        assert steps[0].startswith("SEARCH session_players")
        assert not any("sessions_of_game" in step for step in steps)

    def test_those_of_private_rooms_are_shown_to_their_players_only(self, service, create):
        private = create(private=True)
        for viewer in (None, "carol", ""):
            assert private not in ids(service.list(viewer))
            assert private not in ids(service.list(viewer, login="alice"))
        for viewer in ("alice", "bob"):
            assert private in ids(service.list(viewer))

    def test_one_whose_game_fails_is_left_out(self, service, create, monkeypatch, caplog):
        sound, faulty = create(), create("faulty")
        monkeypatch.setattr(Faulty, "to_move", None)  # as a new version of a plug-in may
        assert ids(service.list()) == [sound]
        assert f"The session {faulty} could not be listed" in caplog.text

    def test_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.list(game="tafl")

    @pytest.mark.parametrize("after", ["nonsense", encode_cursor("rooms", [1.0, "x"])])
    def test_a_cursor_that_this_list_has_not_given_is_refused(self, service, refused, after):
        with refused(UnknownCursor):
            service.list(after=after)


class TestRematch:
    @pytest.fixture
    def ended(self, service, session_id, under_way, execute, outbox):
        execute("alice", "resign")
        outbox.forget()

    def test_who_asks_is_told_to_both_and_the_second_one_begins_it(
        self, service, session_id, ended, outbox
    ):
        assert service.rematch(session_id, "alice") == {"status": "asked"}
        assert outbox.heard == [("session.rematch_asked", ("alice", "bob"))]
        created = service.rematch(session_id, "bob")
        session = service.get(created["session_id"])
        assert (session["players"], session["options"]) == (["bob", "alice"], OPTIONS)
        assert service.rematch(session_id, "alice") == created
        assert [event for event, _ in outbox.heard[1:]] == ["session.created"] * 2

    def test_asking_twice_is_told_once(self, service, session_id, ended, silent):
        service.rematch(session_id, "alice")
        with silent():
            assert service.rematch(session_id, "alice") == {"status": "asked"}

    def test_a_request_lapses_when_either_has_left(
        self, service, session_id, ended, connect, outbox, refused
    ):
        service.rematch(session_id, "alice")
        service.disconnect(session_id, "of bob")
        assert [told["login"] for told in outbox.hear("session.rematch_asked")] == [
            "alice", None
        ]
        with refused(CannotRematch):
            service.rematch(session_id, "alice")
        connect("bob")
        assert service.rematch(session_id, "bob") == {"status": "asked"}

    def test_while_it_is_played_and_by_strangers_it_is_refused(
        self, service, session_id, under_way, refused
    ):
        with refused(SessionActive):
            service.rematch(session_id, "alice")
        with refused(NotAPlayer):
            service.rematch(session_id, "carol")
        with refused(SessionNotFound):
            service.rematch("nowhere", "alice")

    def test_one_of_a_private_rooms_session_is_as_private(self, service, create, execute):
        session_id = create(private=True)
        for login in ("alice", "bob"):
            service.connect(session_id, login, "gateway", login)
        execute("alice", "resign", session_id=session_id)
        service.rematch(session_id, "alice")
        created = service.rematch(session_id, "bob")["session_id"]
        assert created not in ids(service.list())
        assert created in ids(service.list("alice"))


class TestExport:
    def test_a_finished_game_is_exported_by_its_moves(self, service, session_id, play):
        play(*CATCHING_THE_LION)
        exported = service.export(session_id)
        assert exported["format"] == "text"
        assert all(move in exported["text"] for move in CATCHING_THE_LION)

    def test_not_while_it_is_played(self, service, session_id, refused):
        with refused(SessionActive):
            service.export(session_id)


def test_a_session_whose_game_has_been_taken_away_is_in_nobodys_way(
    service, session_id, clock, monkeypatch
):
    service.connect(session_id, "c1", "gateway", "alice")
    kept = service.create("another", "dobutsu", {"clock": None, "rated": True}, ["alice", "bob"])
    with service.db.get_session() as session:
        session.execute(
            update(SessionRow).where(SessionRow.session_id == session_id).values(game="gone")
        )
    assert [each["session_id"] for each in service.list()["items"]] == [kept]
    with pytest.raises(SessionNotFound):
        service.get(session_id)
    service.forget_connections(["c1"])
    clock.advance(2)
    service.keep_time()
