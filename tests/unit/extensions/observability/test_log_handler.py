"""The log is written in the background, and nothing waits for whoever reads it."""

import fcntl
import logging
import os

import eventlet
import pytest
from eventlet.patcher import original

from extensions.observability import log_handler
from extensions.observability.log_handler import BackgroundHandler


@pytest.fixture
def pipe():
    """A pipe as small as can be, whose reader does not wait."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(reader, False)
    yield reader, writer
    for end in (reader, writer):
        try:
            os.close(end)
        except OSError:
            pass  # the test has closed it


@pytest.fixture
def read(pipe):
    """Reads all that has been written so far, as lines."""
    text = bytearray()

    def read():
        try:
            while data := original("os").read(pipe[0], 65_536):
                text.extend(data)
        except BlockingIOError:
            pass
        return text.decode().splitlines()

    return read


@pytest.fixture
def handler(pipe, monkeypatch):
    monkeypatch.setattr(log_handler, "FLUSH_INTERVAL_SECONDS", 0.01)
    monkeypatch.setattr(log_handler, "EXIT_TIMEOUT_SECONDS", 0.05)
    handler = BackgroundHandler(pipe[1])
    yield handler
    handler.close()


@pytest.fixture
def log(handler):
    def log(message, *args, level=logging.INFO):
        handler.handle(logging.LogRecord("rooms", level, "", 0, message, args, None))

    return log


def test_lines_are_written_together_after_a_while(log, read):
    log("one")
    log("%d é", 2)
    assert read() == []
    eventlet.sleep(0.05)
    assert read() == ["one", "2 é"]


@pytest.mark.parametrize("level", [logging.WARNING, logging.ERROR, logging.CRITICAL])
def test_warning_is_written_at_once_with_what_came_before(log, read, level):
    log("before")
    log("a warning", level=level)
    assert read() == ["before", "a warning"]


def test_all_is_written_at_the_end(log, read, handler):
    log("last")
    handler.flush()
    eventlet.sleep(0.05)
    assert read() == ["last"]


def test_reader_who_is_slow_holds_up_nobody(log, read):
    lines = [f"{number} {'x' * 100}" for number in range(200)]
    for line in lines:
        log(line, level=logging.WARNING)
    with eventlet.Timeout(60):
        while read() != lines:
            eventlet.sleep(0.01)


def test_lines_beyond_the_bound_are_dropped_and_counted(log, read, monkeypatch):
    monkeypatch.setattr(log_handler, "MAX_WAITING_BYTES", 10_000)
    for _ in range(300):
        log("x" * 99)
    with eventlet.Timeout(60):
        while "dropped" not in "".join(read()):
            eventlet.sleep(0.01)
    log("next", level=logging.WARNING)
    *kept, dropped, last = read()
    assert kept == ["x" * 99] * 101
    assert dropped == "199 lines of the log were dropped, as it was not read in time"
    assert last == "next"


def test_end_does_not_wait_for_a_reader_for_ever(log, handler):
    for _ in range(100):
        log("x" * 100)
    with eventlet.Timeout(60):
        handler.flush()


def test_reader_who_is_gone_is_no_error(log, pipe, handler):
    os.close(pipe[0])
    log("a line", level=logging.WARNING)
    log("another")
    handler.flush()
    assert handler._waiting == []


def test_message_that_cannot_be_formatted_costs_others_nothing(log, read, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    log("%d", "no number")
    log("a line", level=logging.WARNING)
    assert read() == ["a line"]


def test_file_takes_everything(tmp_path):
    with (tmp_path / "log").open("wb") as file:
        handler = BackgroundHandler(file.fileno())
        handler.handle(
            logging.LogRecord("rooms", logging.ERROR, "", 0, "x" * 100_000, None, None)
        )
        handler.close()
    assert (tmp_path / "log").stat().st_size == 100_001
