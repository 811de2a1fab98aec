"""Retention: sessions that ended long ago are archived, and their commands forgotten."""

import logging

import pytest
from sqlalchemy import func, select

from extensions.settings import Settings
from sessions import archive_files, retention, storage
from sessions.archive_files import Archive, read
from sessions.dependencies import ArchiveProvider
from sessions.exceptions import SessionEnded, SessionNotFound
from sessions.models import AnsweredCommand, Base
from sessions.retention import SECONDS_PER_DAY as DAY
from sessions.storage.retention import RetentionRepository
from tests.unit.fakes import Container
from tests.unit.sessions.conftest import CATCHING_THE_LION, OPTIONS

RESIGN = {"type": "resign"}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive"


@pytest.fixture
def service(serve, folder):
    """Return the service, which keeps sessions for three days and commands for two."""
    service = serve(sessions_kept=3, commands_kept=2)
    service.archive = Archive(folder)
    return service


@pytest.fixture
def end(service, create):
    """Return a function that creates and ends a session; it returns the id."""

    def end():
        session_id = create()
        service.execute(session_id, "alice", RESIGN, "command")
        return session_id

    return end


def count(service, table):
    with service.db.get_session() as session:
        return session.scalar(select(func.count()).select_from(table))


def rows(service):
    """Return the number of rows of each table that has any."""
    counted = {
        name: count(service, table) for name, table in Base.metadata.tables.items()
        if name not in ("announcements", "pulse", "session_sweeps")
    }
    return {name: number for name, number in counted.items() if number}


class TestArchiveEnded:
    def test_sessions_that_ended_long_ago_are_archived(self, service, end, clock, folder):
        first = end()
        clock.advance(DAY)
        second = end()
        clock.advance(2 * DAY + 1)
        service.sweep_ended()
        assert [record["session_id"] for record in read(folder)] == [first]
        with pytest.raises(SessionNotFound):
            service.get(first)
        assert service.get(second)["status"] == "ended"

    def test_an_archived_session_leaves_no_row(self, service, end, clock, connect, session_id):
        connect("alice")
        connect(None, "of a spectator")
        service.execute(session_id, "alice", RESIGN, "command")
        assert set(rows(service)) >= {
            "sessions", "session_events", "session_players", "session_commands",
            "session_connections", "session_audiences",
        }
        clock.advance(3 * DAY + 1)
        service.sweep_ended()
        assert set(rows(service)) <= {"session_gateways"}
        service.forget_connections(["of alice", "of a spectator"])

    @pytest.mark.parametrize("page", [1, 2, 4, 100])
    def test_the_archive_has_all_of_a_session(
        self, service, session_id, under_way, play, clock, folder, capsys, monkeypatch, page
    ):
        monkeypatch.setattr(storage.retention, "EVENTS_PAGE", page)
        play(*CATCHING_THE_LION[2:])
        before = service.get(session_id), service.history(session_id)["events"]
        export = service.export(session_id)["text"]
        clock.advance(3 * DAY + 1)
        service.sweep_ended()
        [record] = read(folder)
        assert record["players"] == ["alice", "bob"] and record["result"] == before[0]["result"]
        assert [each["version"] for each in record["events"]] == [
            each["version"] for each in before[1]
        ]
        assert archive_files.main(["export", str(folder), session_id]) == 0
        assert capsys.readouterr().out.strip() == export.strip()

    def test_active_sessions_are_not_archived(self, service, session_id, clock, folder):
        clock.advance(100 * DAY)
        service.sweep_ended()
        assert service.get(session_id)["status"] == "active" and not list(read(folder))

    def test_archiving_continues_until_nothing_is_left(
        self, service, end, clock, folder, monkeypatch, caplog
    ):
        caplog.set_level("INFO", retention.__name__)
        monkeypatch.setattr(retention, "ARCHIVE_BATCH_SIZE", 2)
        ended = [end() for _ in range(5)]
        clock.advance(4 * DAY)
        service.sweep_ended()
        assert [record["session_id"] for record in read(folder)] == ended
        assert rows(service) == {}
        said = [record.getMessage() for record in caplog.records]
        assert said == [f"{number} sessions have moved to the archive" for number in (2, 2, 1)]

    def test_a_failure_to_write_deletes_nothing(
        self, service, end, clock, folder, monkeypatch, caplog
    ):
        session_id = end()
        clock.advance(4 * DAY)
        before = rows(service)

        def full(_):
            raise OSError("No space left on device")

        monkeypatch.setattr(archive_files.os, "fsync", full)
        service.sweep_ended()
        assert rows(service) == before
        assert [each.levelno for each in caplog.records] == [logging.ERROR]
        assert "No space left" in caplog.text
        monkeypatch.undo()
        service.sweep_ended()
        assert [record["session_id"] for record in read(folder)] == [session_id]

    def test_without_an_archive_nothing_is_deleted(self, service, end, clock):
        service.archive = None
        session_id = end()
        clock.advance(1000 * DAY)
        service.sweep_ended()
        assert service.get(session_id)["status"] == "ended"


class TestProvider:
    def provide(self, **settings):
        container = Container(Settings(**settings), "sessions")
        provider = ArchiveProvider().bind(container, "archive")
        provider.setup()
        return provider.get_dependency(None)

    def test_by_default_sessions_are_kept_for_ever(self, folder):
        assert self.provide() is None
        assert self.provide(archive_dir=str(folder)) is None
        assert not folder.exists()

    def test_the_folder_is_made(self, folder):
        assert self.provide(sessions_kept=30, archive_dir=str(folder / "of" / "games"))
        assert (folder / "of" / "games").is_dir()


class TestForgetCommands:
    def sweep(self, service):
        service.sweep_ended()  # the first call ever only stores where to begin
        service.sweep_ended()

    def test_a_command_is_known_until_its_days_are_over(self, service, end, clock):
        session_id = end()
        answered = service.execute(session_id, "alice", RESIGN, "command")
        clock.advance(2 * DAY - 1)
        self.sweep(service)
        assert service.execute(session_id, "alice", RESIGN, "command") == answered
        clock.advance(2)
        self.sweep(service)
        assert count(service, AnsweredCommand) == 0
        with pytest.raises(SessionEnded):
            service.execute(session_id, "alice", RESIGN, "command")
        assert service.get(session_id)["status"] == "ended"

    def test_commands_of_active_sessions_are_kept(self, service, session_id, execute, clock):
        execute("alice", move="b2b3", command_id="command")
        clock.advance(100 * DAY)
        self.sweep(service)
        assert execute("alice", move="b2b3", command_id="command")["version"] == 1

    def test_forgetting_goes_on_until_nothing_is_left(self, service, end, clock, monkeypatch):
        monkeypatch.setattr(retention, "FORGET_BATCH_SIZE", 2)
        for _ in range(5):
            end()
        clock.advance(3 * DAY)
        self.sweep(service)
        assert count(service, AnsweredCommand) == 0
        with service.db.get_session() as session:
            assert RetentionRepository(session).forget_commands(clock(), 10) == 0

    def test_sessions_that_ended_at_once_are_all_forgotten(self, service, clock, monkeypatch):
        monkeypatch.setattr(retention, "FORGET_BATCH_SIZE", 2)
        for number in range(5):
            session_id = service.create(f"k{number}", "dobutsu", OPTIONS, ["alice", "bob"])
            service.execute(session_id, "alice", RESIGN, "command")
        clock.advance(3 * DAY)
        self.sweep(service)
        assert count(service, AnsweredCommand) == 0
