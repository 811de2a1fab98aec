"""The output of many processes as one stream of labelled lines."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tools.launch.console import Console, FollowedLog

Follow = Callable[..., FollowedLog]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "said.log"


@pytest.fixture
def follow(path: Path) -> Iterator[Follow]:
    """Begin to follow the file at `path`, as what rooms says."""
    with ExitStack() as logs:
        yield lambda select=str: logs.enter_context(closing(FollowedLog(path, "rooms |", select)))


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_a_log_yields_whole_lines_once_with_a_label(path: Path, follow: Follow) -> None:
    log = follow()
    assert log.lines() == []
    add(path, "first\nsec")
    assert log.lines() == ["rooms | first"]
    add(path, "ond\n")
    assert log.lines() == ["rooms | second"]
    assert log.lines() == []


def test_lines_from_before_following_are_skipped(path: Path, follow: Follow) -> None:
    add(path, "long ago\n")
    log = follow()
    add(path, "now\n")
    assert log.lines() == ["rooms | now"]


def test_no_line_is_lost_when_the_file_is_replaced(path: Path, follow: Follow) -> None:
    log = follow()
    add(path, "before\n")
    assert log.lines() == ["rooms | before"]
    add(path, "last\n")
    path.rename(path.with_suffix(".log.1"))
    add(path, "first of the new\n")
    assert log.lines() == ["rooms | last", "rooms | first of the new"]


def test_lines_can_be_changed_and_dropped(path: Path, follow: Follow) -> None:
    log = follow(lambda line: line.upper() if line != "noise" else None)
    add(path, "signal\nnoise\n")
    assert log.lines() == ["rooms | SIGNAL"]


def test_lines_written_before_closing_are_printed(path: Path) -> None:
    stream = io.StringIO()
    with Console(width=6, stream=stream) as output:
        output.follow("rooms", path)
        add(path, "hello\n")
    assert stream.getvalue() == "rooms  | hello\n"


@pytest.mark.parametrize(("no_colour", "label"), [
    (None, "\x1b[36mrooms  |\x1b[0m"), ("1", "rooms  |"),
])
def test_a_terminal_gets_colours_unless_it_wants_none(
    path: Path, monkeypatch: pytest.MonkeyPatch, no_colour: str | None, label: str
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", no_colour)
    stream = Terminal()
    with Console(width=6, stream=stream) as output:
        output.follow("rooms", path)
        output.follow("auth", path.with_name("never written"))
        add(path, "hello\n")
    assert stream.getvalue() == f"{label} hello\n"


def test_a_broken_stream_ends_the_process() -> None:
    script = (
        "import sys; from tools.launch.console import Console\n"
        "console = Console(1); console.say('one'); sys.stdin.readline()\n"
        "console.say('two'); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == b"one\n"
        process.stdout.close()
        process.stdin.write(b"\n")
        assert process.wait(60) == -signal.SIGTERM
