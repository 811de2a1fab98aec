"""`python -m extensions.storage.migrate` brings all databases up to date, or says why not."""

import sys

import pytest

from extensions.storage import migrate
from tests.process import ROOT

DATABASES = (
    "accounts:Base", "auth:Base", "auth:Tokens", "rooms:Base", "private_rooms:Base",
    "sessions:Base",
)


@pytest.fixture(autouse=True)
def command(monkeypatch, tmp_path):
    """The command line and the environment, with databases in a folder of the test's own."""
    monkeypatch.setattr(sys, "argv", ["migrate", "--config", str(ROOT / "config.yaml")])
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def test_all_databases_are_brought_up_to_date_once(capsys):
    assert migrate.main() == 0
    done = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert tuple(done) == DATABASES
    assert done["accounts:Base"].endswith("accounts_0001")
    assert migrate.main() == 0
    assert capsys.readouterr().out == "".join(f"{name}: up to date\n" for name in DATABASES)


def test_tokens_in_redis_need_no_database(capsys, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://localhost/0")
    assert migrate.main() == 0
    assert "auth:Tokens" not in capsys.readouterr().out


def test_wrong_settings_are_named(capsys, monkeypatch):
    monkeypatch.setenv("PING", "abc")
    assert migrate.main() == 1
    assert capsys.readouterr().err.startswith("PING is a number of seconds")


def test_a_database_that_cannot_be_opened_is_named(capsys, tmp_path):
    (tmp_path / "auth.sqlite").mkdir()
    assert migrate.main() == 1
    said = capsys.readouterr()
    assert said.out.startswith("accounts:Base: ")
    assert said.err == "auth:Base: unable to open database file\n"
