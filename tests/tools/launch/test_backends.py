"""The databases that the launcher starts, by what is given."""

from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.launch.backends import DATABASES, Backends
from tools.launch.processes import SERVICES
from tools.launch.settings import is_production
from tools.launch.stack import Stack


@pytest.mark.parametrize(("said", "asked"), [("", False), ("default", False), ("production", True)])
def test_backends_selects_the_production_databases(said: str, asked: bool) -> None:
    assert is_production({"BACKENDS": said}) is asked


def test_unknown_backends_are_refused() -> None:
    with pytest.raises(ToolError, match="BACKENDS is default or production, not 'mysql'"):
        is_production({"BACKENDS": "mysql"})


def test_given_databases_are_used_and_the_rest_started(tmp_path: Path) -> None:
    given = {"REDIS_URL": "redis://elsewhere", "AUTH_DB_URI": "postgresql+psycopg2://elsewhere/a"}
    backends = Backends(tmp_path, given)
    assert [program.name for program in backends.programs()] == ["postgres"]
    backends.prepare()
    assert set(backends.settings()) == {*DATABASES} - {"AUTH_DB_URI"}


def test_with_all_databases_given_nothing_is_started(tmp_path: Path) -> None:
    given = {**dict.fromkeys(DATABASES, "postgresql+psycopg2://elsewhere/a"), "REDIS_URL": "r"}
    backends = Backends(tmp_path, given)
    backends.prepare()
    assert (backends.programs(), backends.settings()) == ([], {})
    assert list(tmp_path.iterdir()) == []


def test_production_has_as_many_instances_as_asked_for(tmp_path: Path) -> None:
    stack = Stack(tmp_path, {"BACKENDS": "production", "INSTANCES": "2"})
    names = [program.name for program in stack.supervisor.programs()]
    assert names[:4] == ["epmd", "broker", "postgres", "redis"]
    assert names[4:] == [
        f"{name}-{number}"
        for name in (*SERVICES, "gateway")
        for number in (1, 2)
    ]


def test_by_default_there_is_one_instance_and_a_broker(tmp_path: Path) -> None:
    stack = Stack(tmp_path, {})
    names = [program.name for program in stack.supervisor.programs()]
    assert names == [
        "epmd", "broker", "auth", "accounts", "sessions", "rooms", "private_rooms", "searcher",
        "gateway",
    ]
