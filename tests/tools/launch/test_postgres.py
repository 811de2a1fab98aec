"""A private PostgreSQL: its databases, who may connect, and what it keeps when it is killed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.tools.launch import processes
from tests.tools.launch.listening_ports import LOCALHOST, listening_on
from tools.launch.postgres import Postgres, connection_problem, libpq_uri


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with Postgres(tmp_path_factory.mktemp("postgres"), databases=["games"]) as server:
        yield server


def execute(uri: str, statement: str) -> list[Any]:
    """Execute a statement and commit it; return the rows that it yields."""
    with closing(psycopg2.connect(libpq_uri(uri))) as connection, connection:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def store(uri: str, text: str) -> None:
    execute(uri, "CREATE TABLE IF NOT EXISTS kept (text TEXT)")
    execute(uri, f"INSERT INTO kept VALUES ('{text}')")


def stored(uri: str) -> list[str]:
    return [text for (text,) in execute(uri, "SELECT text FROM kept")]


def test_the_server_has_the_requested_databases(server: Postgres) -> None:
    [(name, encoding)] = execute(
        server.uri("games"), "SELECT current_database(), current_setting('server_encoding')"
    )
    assert (name, encoding) == ("games", "UTF8")


def test_a_wrong_password_is_refused(server: Postgres) -> None:
    stranger = f"postgresql+psycopg2://arbiter:guess@127.0.0.1:{server.port}/postgres"
    reason = connection_problem(stranger)
    assert reason is not None
    assert "guess" not in reason


def test_the_server_listens_on_localhost_only(server: Postgres) -> None:
    assert listening_on(server.port) == {LOCALHOST}


def test_recovery_synchronizes_the_whole_file_system(server: Postgres) -> None:
    assert execute(server.uri(), "SHOW recovery_init_sync_method") == [("syncfs",)]


def test_a_killed_server_restarts_with_committed_data(server: Postgres) -> None:
    uri = server.uri("games")
    store(uri, "committed")
    server.kill()
    assert connection_problem(uri)
    server.start()
    assert server.uri("games") == uri
    assert stored(uri) == ["committed"]


def test_after_a_stop_its_folder_can_be_used_again(tmp_path: Path) -> None:
    with Postgres(tmp_path, ["games"]) as first:
        store(first.uri("games"), "kept")
        assert processes.with_folder(tmp_path)
        with closing(psycopg2.connect(libpq_uri(first.uri("games")))):
            first.stop()  # whoever is still connected does not keep it
    assert processes.eventually(lambda: not processes.with_folder(tmp_path), timeout=15)

    with Postgres(tmp_path, ["games", "more"]) as second:
        assert second.uri() != first.uri()
        assert stored(second.uri("games")) == ["kept"]
        assert execute(second.uri("more"), "SELECT 1") == [(1,)]
