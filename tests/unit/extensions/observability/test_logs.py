"""What a line of the log holds, in either format, and what no line holds."""

import json
import logging

import pytest
from nameko.exceptions import RpcTimeout

from extensions import request_id
from extensions.errors import StorageAway, StorageBusy
from extensions.observability import logs

CREATED = 1_700_000_000.25


@pytest.fixture(autouse=True)
def named(monkeypatch):
    monkeypatch.setattr(logs, "_process", "rooms")


@pytest.fixture
def line():
    """Formats a record as a line."""
    return lambda *arguments, **named: logs.console("line", {}).format(record(*arguments, **named))


@pytest.fixture
def entry():
    """Formats a record as JSON: the object."""
    return lambda *arguments, **named: json.loads(
        logs.console("json", {}).format(record(*arguments, **named))
    )


@pytest.fixture(params=["line", "json"])
def written(request):
    """Formats a record, in either format."""
    formatter = logs.console(request.param, {})
    return lambda *arguments, **named: formatter.format(record(*arguments, **named))


def record(message, *arguments, error=None, **attributes):
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(
        "rooms.service", logging.WARNING, "service.py", 1, message, arguments, exc_info
    )
    made.created = CREATED
    vars(made).update(attributes)
    return made


def raised(error):
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_line_says_when_how_bad_whose_and_what(line):
    assert line("%d rooms", 3) == "2023-11-14T22:13:20.250Z WARNING rooms rooms.service: 3 rooms"


def test_a_line_has_the_call_and_the_fields(line):
    with request_id.scope("c0ffee"):
        text = line("served", fields={"method": "rooms.join", "login": None, "ms": 1.5})
    assert text.endswith("rooms.service: [c0ffee] served method=rooms.join ms=1.5")


def test_json_has_the_same_under_names(entry):
    with request_id.scope("c0ffee"):
        assert entry("%d rooms", 3, fields={"ms": 1.5}) == {
            "time": "2023-11-14T22:13:20.250Z", "level": "WARNING", "process": "rooms",
            "logger": "rooms.service", "message": "3 rooms", "ms": 1.5, "request_id": "c0ffee",
        }


def test_without_a_call_there_is_no_call_id(line, entry):
    assert "[" not in line("a room")
    assert "request_id" not in entry("a room")


def test_a_line_about_another_call_has_the_id_of_that(written):
    with request_id.scope("c0ffee"):
        text = written("command", request_id="decade")
    assert "decade" in text and "c0ffee" not in text


def test_a_traceback_comes_with_either(line, entry):
    error = raised(ValueError("no such room"))
    assert line("It failed", error=error).splitlines()[1] == "Traceback (most recent call last):"
    assert "ValueError: no such room" in entry("It failed", error=error)["exc_info"]


@pytest.mark.parametrize("error", [StorageAway("away"), StorageBusy("busy"), RpcTimeout(5)])
def test_a_transient_error_is_logged_without_a_traceback(error):
    away = record("It failed: %s", error, error=raised(error))
    assert logs.WithoutTraces().filter(away)
    assert len(logs.console("line", {}).format(away).splitlines()) == 1


def test_every_other_error_keeps_its_traceback():
    failed = record("It failed", error=raised(ValueError("no such room")))
    assert logs.WithoutTraces().filter(failed)
    assert "Traceback" in logs.console("line", {}).format(failed)


@pytest.mark.parametrize("break_", ["\n", "\r", "\x1b[2J", "\u2028"])
def test_text_of_a_peer_cannot_pass_for_a_line(line, break_):
    text = line("it sent %s", f"this{break_}2023-11-14 ERROR auth: all is lost")
    assert break_ not in text and "all is lost" in text


@pytest.mark.parametrize(
    "address, shown",
    [
        ("amqp://arbiter:s3cret@host:5672/v", "amqp://arbiter:***@host:5672/v"),
        ("redis://:s3cret@host:6379/0", "redis://:***@host:6379/0"),
        ("postgresql+psycopg2://a:s3cr@t@host/auth", "postgresql+psycopg2://a:***@host/auth"),
        ("redis://host/0?password=s3cret&db=1", "redis://host/0?password=***&db=1"),
        ("amqp://host:5672/vhost", "amqp://host:5672/vhost"),
        ("http://localhost:8000/ws of a@b", "http://localhost:8000/ws of a@b"),
    ],
)
def test_passwords_in_addresses_are_masked(written, address, shown):
    text = written("No answer from %s", address)
    assert shown in text and "s3cr" not in text
    error = raised(OSError(address))
    assert "s3cr" not in written("It failed", error=error)
