"""Queries: history, lists and exports of sessions."""

from functools import partial

import eventlet
import pytest
from sqlalchemy import event, update
from sqlalchemy.engine import Engine

from arbiter_games.contract import Game
from arbiter_games.dobutsu import Dobutsu
from extensions.pagination import UnknownCursor, encode_cursor
from sessions import queries, storage, views
from sessions.exceptions import GameNotFound, RulesUnavailable, SessionActive, SessionNotFound
from sessions.models import SessionRow
from tests.unit.sessions.conftest import CATCHING_THE_LION


def ids(page):
    return [session["session_id"] for session in page["items"]]


def all_pages(service, session_id):
    """Return the versions on each page of a history."""
    pages, since = [], 0
    while since is not None:
        page = service.history(session_id, since=since)
        pages.append(versions(page))
        since = page["next"]
    return pages


def versions(events):
    return [event["version"] for event in events["events"]]


def notations(events):
    return [event["notation"] for event in events["events"] if "notation" in event]


@pytest.fixture
def transactions():
    """Return a function that returns the number of open transactions."""
    started = []
    listeners = {
        "begin": lambda connection: started.append(connection),
        "commit": lambda connection: started.pop(),
        "rollback": lambda connection: started.pop(),
    }
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    yield lambda: len(started)
    for name, listener in listeners.items():
        event.remove(Engine, name, listener)


class TestHistory:
    def test_history_begins_after_the_given_version(self, service, session_id, under_way):
        assert versions(service.history(session_id)) == [1, 2, 3, 4]
        assert versions(service.history(session_id, since=3)) == [4]
        assert versions(service.history(session_id, since=4)) == []

    def test_a_history_comes_in_pages(self, service, session_id, under_way):
        page = service.history(session_id, limit=3)
        assert (versions(page), page["next"]) == ([1, 2, 3], 3)
        page = service.history(session_id, since=page["next"], limit=3)
        assert (versions(page), page["next"]) == ([4], None)
        page = service.history(session_id, since=4, limit=3)
        assert (versions(page), page["next"]) == ([], None)

    @pytest.mark.parametrize(("max_bytes", "pages"), [
        (1, [[1], [2], [3], [4]]), (200, [[1, 2], [3], [4]]), (100_000, [[1, 2, 3, 4]]),
    ])
    def test_a_page_has_as_many_events_as_its_bytes_allow(
        self, service, session_id, under_way, monkeypatch, max_bytes, pages
    ):
        monkeypatch.setattr(queries, "MAX_HISTORY_BYTES", max_bytes)
        assert all_pages(service, session_id) == pages

    @pytest.mark.parametrize(("max_bytes", "pages"), [
        (1, [[1, 2], [3, 4]]), (100_000, [[1, 2, 3, 4]]),
    ])
    def test_no_more_is_read_than_may_be_shown(
        self, service, session_id, under_way, monkeypatch, max_bytes, pages
    ):
        monkeypatch.setattr(queries, "MAX_READ_BYTES", max_bytes)
        monkeypatch.setattr(storage.events, "EVENTS_READ_TOGETHER", 2)
        assert all_pages(service, session_id) == pages
        assert versions(service.history(session_id, limit=3)) == [1, 2, 3][:len(pages[0])]

    def test_a_limit_is_never_above_the_maximum(self, service, session_id, under_way, monkeypatch):
        monkeypatch.setattr(queries, "MAX_EVENTS", 2)
        assert versions(service.history(session_id)) == [1, 2]
        assert versions(service.history(session_id, limit=4)) == [1, 2]

    @pytest.mark.parametrize("ask", [
        lambda service, session_id: service.history(session_id, "alice"),
        lambda service, session_id: service.connect(session_id, "c", "gateway", "alice", since=0),
    ])
    def test_a_long_history_locks_nothing_and_yields(
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

    def test_events_with_whole_states_can_be_read(self, service, session_id, play, monkeypatch):
        """Events were stored like this before `for_history`."""
        with monkeypatch.context() as before:
            before.setattr(Dobutsu, "for_history", Game.for_history)
            play(*CATCHING_THE_LION[:2])
        play(CATCHING_THE_LION[2])
        moves = service.history(session_id)["events"][:3]
        assert [each["command"]["move"] for each in moves] == CATCHING_THE_LION
        assert [each["state"]["ply"] for each in moves] == [1, 2, 3]
        assert service.history(session_id, "bob")["events"][0]["legal"]
        assert all(move in service.export(session_id)["text"] for move in CATCHING_THE_LION)

    def test_moves_are_written_as_people_do_on_request(self, service, session_id, play):
        play(*CATCHING_THE_LION)
        whole = notations(service.history(session_id, notation=True))
        assert whole == ["Cxb3", "Ga3", "Cxb4+"]
        events = service.history(session_id)["events"]
        assert not any("notation" in each for each in events)
        for since in (1, 2):  # from the position before
            page = service.history(session_id, since=since, notation=True)
            assert notations(page) == whole[since:]

    def test_nothing_is_written_of_secrets_before_the_end(
        self, service, session_id, play, execute, monkeypatch
    ):
        monkeypatch.setattr(type(service.registry.require("dobutsu")), "secrets", True)
        play(*CATCHING_THE_LION[:2])
        assert notations(service.history(session_id, notation=True)) == []
        execute("alice", "resign")
        assert len(notations(service.history(session_id, notation=True))) == 2

    def test_an_unknown_session_is_not_found(self, service, refused):
        for method in (service.get, service.history, service.export):
            with refused(SessionNotFound):
                method("nowhere")


class TestList:
    def test_sessions_are_listed_newest_first_in_pages(self, service, create):
        started = [create() for _ in range(5)]
        first = service.list(limit=2)
        second = service.list(limit=2, after=first["next"])
        third = service.list(limit=2, after=second["next"])
        assert sum(map(ids, (first, second, third)), []) == started[::-1]
        assert third["next"] is None

    def test_the_list_is_filtered_by_player_game_and_status(self, service, create, execute):
        mine, other = create(players=["Zoe", "bob"]), create("high_card")
        execute("Zoe", "resign", session_id=mine)
        assert ids(service.list(login="zoe")) == [mine]
        assert ids(service.list(game="high_card")) == [other]
        assert ids(service.list(status="ended")) == [mine]
        assert mine not in ids(service.list(status="active"))
        assert ids(service.list(login="nobody")) == []

    def test_a_games_sessions_of_any_status_are_in_order(
        self, service, session_id, create, execute
    ):
        started = [session_id, *(create() for _ in range(5))]
        create("high_card")
        for session_id in started[::2]:
            execute("alice", "resign", session_id=session_id)
        found, after = [], None
        while after or not found:
            answer = service.list(game="dobutsu", limit=2, after=after)
            found, after = found + ids(answer), answer["next"]
        assert found == started[::-1]

    @pytest.mark.parametrize(("asked", "index"), [
        ({}, "newest_first"),
        ({"status": "active"}, "active"),
        ({"status": "ended"}, "newest_first"),
        ({"game": "dobutsu"}, "active of_game"),
        ({"game": "dobutsu", "status": "active"}, "active"),
        ({"game": "dobutsu", "status": "ended"}, "of_game"),
    ])
    def test_lists_use_indexes(self, service, create, explain, asked, index):
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

    def test_a_players_sessions_of_a_game_are_found_by_player(self, service, explain):
        steps = explain(lambda: service.list(login="zoe", game="dobutsu"), "created_at DESC")
        assert steps[0].startswith("SEARCH session_players")
        assert not any("sessions_of_game" in step for step in steps)

    def test_private_sessions_are_listed_to_their_players_only(self, service, create):
        private = create(private=True)
        for viewer in (None, "carol", ""):
            assert private not in ids(service.list(viewer))
            assert private not in ids(service.list(viewer, login="alice"))
        for viewer in ("alice", "bob"):
            assert private in ids(service.list(viewer))

    def test_a_session_whose_game_fails_is_left_out(self, service, create, monkeypatch, caplog):
        sound, faulty = create(), create("faulty")
        broken = type(service.registry.require("faulty"))  # as in a new version of a game
        monkeypatch.setattr(broken, "to_move", None)
        assert ids(service.list()) == [sound]
        assert f"The session {faulty} could not be listed" in caplog.text

    def test_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.list(game="tafl")

    @pytest.mark.parametrize("after", ["nonsense", encode_cursor("rooms", [1.0, "x"])])
    def test_a_cursor_of_another_list_is_refused(self, service, refused, after):
        with refused(UnknownCursor):
            service.list(after=after)


class TestExport:
    def test_a_finished_game_is_exported_by_its_moves(self, service, session_id, play):
        play(*CATCHING_THE_LION)
        exported = service.export(session_id)
        assert exported["format"] == "text"
        assert all(move in exported["text"] for move in CATCHING_THE_LION)

    def test_an_active_session_is_not_exported(self, service, session_id, refused):
        with refused(SessionActive):
            service.export(session_id)


def test_a_session_of_a_removed_game_waits(service, session_id, clock, monkeypatch):
    service.connect(session_id, "c1", "gateway", "alice")
    kept = service.create("another", "dobutsu", {"clock": None, "rated": True}, ["alice", "bob"])
    with service.db.get_session() as session:
        session.execute(
            update(SessionRow).where(SessionRow.session_id == session_id).values(game="gone")
        )
    assert {each["session_id"] for each in service.list()["items"]} == {kept, session_id}
    with pytest.raises(RulesUnavailable):
        service.get(session_id)
    service.forget_connections(["c1"])
    clock.advance(2)
    service.keep_time()
