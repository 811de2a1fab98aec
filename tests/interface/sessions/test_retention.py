"""Retention in the real service, on both databases."""

import pytest
from nameko.testing.services import entrypoint_hook
from sqlalchemy import select
from sqlalchemy.orm import Session

import extensions.storage.engines
from extensions.settings.loader import load_settings
from sessions import exceptions
from sessions.archive_files import read
from sessions.models import AnsweredCommand, Base, SessionRow
from sessions.service import SessionsService
from tests.postgres import ENGINES

OPTIONS = {"clock": None, "rated": True}
RESIGN = {"type": "resign"}
TINY_DAYS = 1e-9


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def kept_days():
    return TINY_DAYS


@pytest.fixture
def container(containers, settings, tmp_path, request, engine, kept_days):
    settings["SESSIONS_DB_URI"] = request.getfixturevalue(f"new_{engine}")()
    settings |= {
        "SESSIONS_KEPT": kept_days, "ROOMS_KEPT": 0, "COMMANDS_KEPT": TINY_DAYS,
        "ARCHIVE_DIR": str(tmp_path / "a"),
    }
    return containers(SessionsService)


@pytest.fixture
def run_timer(container):
    """Return a function that runs one of the service's timers at once."""

    def run_timer(name):
        with entrypoint_hook(container, name) as run:
            run()

    return run_timer


@pytest.fixture
def ended(container, cluster):
    """Return ended sessions of alice and bob, in the order of their ends."""
    ids = [
        cluster.sessions.create(f"key {number}", "dobutsu", OPTIONS, ["Alice", "bob"])
        for number in range(3)
    ]
    for session_id in ids:
        cluster.sessions.execute(session_id, "Alice", RESIGN, "command")
    return ids


def test_only_ended_sessions_move_to_the_archive(
    run_timer, ended, cluster, settings
):
    active = cluster.sessions.create("another", "dobutsu", OPTIONS, ["Alice", "bob"])
    cluster.sessions.connect(ended[0], "connection", "gateway")
    run_timer("sweep_ended")
    records = list(read(settings["ARCHIVE_DIR"]))
    assert [record["session_id"] for record in records] == ended
    assert [each["type"] for each in records[0]["events"]] == ["session.ended"]
    for session_id in ended:
        with pytest.raises(exceptions.SessionNotFound):
            cluster.sessions.get(session_id)
    listed = cluster.sessions.list(login="alice")["items"]
    assert [each["session_id"] for each in listed] == [active]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_locked_sessions_are_left_to_the_other_instance(run_timer, ended, settings):
    engine = extensions.storage.engines.engine(load_settings(settings), "sessions", Base)
    with Session(engine) as session:
        session.get(SessionRow, ended[0], with_for_update=True)
        run_timer("sweep_ended")
        assert [each["session_id"] for each in read(settings["ARCHIVE_DIR"])] == ended[1:]
    run_timer("sweep_ended")
    assert {each["session_id"] for each in read(settings["ARCHIVE_DIR"])} == {*ended}


@pytest.mark.parametrize("kept_days", [0])
def test_commands_are_forgotten_after_the_end(run_timer, ended, cluster, rows):
    for _ in range(2):  # the first call ever only stores where to begin
        run_timer("sweep_ended")
    assert rows("sessions", Base, select(AnsweredCommand)) == []
    with pytest.raises(exceptions.SessionEnded):
        cluster.sessions.execute(ended[0], "Alice", RESIGN, "command")
