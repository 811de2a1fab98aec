"""The sweeps in the real service, on its real database: what is moved, and what is in the way."""

import pytest
from nameko.testing.services import entrypoint_hook
from sqlalchemy import select
from sqlalchemy.orm import Session

import extensions.storage.database
from sessions import exceptions
from sessions.archive import read
from sessions.models import AnsweredCommand, Base, SessionRow
from sessions.service import SessionsService
from tests.postgres import ENGINES

OPTIONS = {"clock": None, "rated": True}
RESIGN = {"type": "resign"}
A_MOMENT = 1e-9  # days


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def container(containers, settings, tmp_path, request, engine):
    settings["DB_URIS"]["sessions:Base"] = request.getfixturevalue(f"new_{engine}")()
    settings |= {
        "SESSIONS_KEPT": A_MOMENT, "COMMANDS_KEPT": A_MOMENT, "ARCHIVE_DIR": str(tmp_path / "a"),
    }
    return containers(SessionsService)


@pytest.fixture
def sweep(container):
    """Has the service do one of its sweeps at once."""

    def sweep(name):
        with entrypoint_hook(container, name) as run:
            run()

    return sweep


@pytest.fixture
def ended(container, cluster):
    """Sessions of alice and bob that have ended, the first first."""
    ids = [
        cluster.sessions.create(f"key {number}", "dobutsu", OPTIONS, ["Alice", "bob"])
        for number in range(3)
    ]
    for session_id in ids:
        cluster.sessions.execute(session_id, "Alice", RESIGN, "command")
    return ids


def test_what_has_ended_moves_to_the_archive_and_what_has_not_stays(
    sweep, ended, cluster, settings
):
    active = cluster.sessions.create("another", "dobutsu", OPTIONS, ["Alice", "bob"])
    cluster.sessions.connect(ended[0], "connection", "gateway")
    sweep("archive_ended")
    records = list(read(settings["ARCHIVE_DIR"]))
    assert [record["session_id"] for record in records] == ended
    assert [each["type"] for each in records[0]["events"]] == ["session.ended"]
    for session_id in ended:
        with pytest.raises(exceptions.SessionNotFound):
            cluster.sessions.get(session_id)
    listed = cluster.sessions.list(login="alice")["items"]
    assert [each["session_id"] for each in listed] == [active]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_what_another_instance_has_in_hand_is_left_to_it(sweep, ended, settings):
    with Session(extensions.storage.database.engine(settings, "sessions", Base)) as session:
        session.get(SessionRow, ended[0], with_for_update=True)
        sweep("archive_ended")
        assert [each["session_id"] for each in read(settings["ARCHIVE_DIR"])] == ended[1:]
    sweep("archive_ended")
    assert {each["session_id"] for each in read(settings["ARCHIVE_DIR"])} == {*ended}


def test_commands_are_forgotten_some_time_after_the_end(sweep, ended, cluster, rows):
    for _ in range(2):  # the first time it only notes that nothing is forgotten
        sweep("forget_commands")
    assert rows("sessions", Base, select(AnsweredCommand)) == []
    with pytest.raises(exceptions.SessionEnded):
        cluster.sessions.execute(ended[0], "Alice", RESIGN, "command")
