import io
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
