"""`make migrate` brings the databases up to date that `make run` would use."""

import os

import pytest
import sqlalchemy

from tests.process import ROOT, bare_environment
from tools.launch import migrate
from tools.launch.backends import DATABASES
from tools.launch.postgres import Postgres
from tools.launch.stack import lock


@pytest.fixture(autouse=True)
def command(monkeypatch):
    """Set the command line and the environment."""
    monkeypatch.setattr("sys.argv", ["migrate", "--config", str(ROOT / "config.yaml")])
    monkeypatch.setattr(os, "environ", {**bare_environment(), "BACKENDS": "production"})


def test_those_of_production_are_migrated(tmp_path, capsys):
    assert migrate.main(tmp_path) == 0
    done = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert set(done) == {f"{name}:Base" for name in DATABASES.values()}
    with Postgres(tmp_path / "postgres") as server:
        for name in DATABASES.values():
            engine = sqlalchemy.create_engine(server.uri(name))
            assert "announcements" in sqlalchemy.inspect(engine).get_table_names()
            engine.dispose()


def test_while_the_server_runs_nothing_is_done(tmp_path, capsys):
    with lock(tmp_path):
        assert migrate.main(tmp_path) == 1
    assert "already runs" in capsys.readouterr().err


def test_unknown_backends_are_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(os.environ, "BACKENDS", "oracle")
    assert migrate.main(tmp_path) == 1
    assert "BACKENDS is default or production" in capsys.readouterr().err
