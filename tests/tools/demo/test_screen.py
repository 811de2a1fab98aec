"""The demo's output, on terminals of all kinds and on none."""

import io
import os

import pytest

from tools.demo.screen import Screen


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


class Narrow(io.StringIO):
    encoding = "ascii"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 24)))
    return monkeypatch


def shown(stream, *pictures):
    screen = Screen(stream)
    for picture in pictures:
        screen.show(picture)
    return stream.getvalue()


def test_a_picture_on_a_terminal_replaces_the_last_one():
    assert shown(Terminal(), ["one", "two"], ["three"]) == "one\ntwo\n\n\x1b[3F\x1b[Jthree\n\n"


def test_a_picture_does_not_replace_a_sentence():
    screen = Screen(stream := Terminal())
    screen.show(["one"])
    screen.say("something")
    screen.show(["two"])
    assert stream.getvalue() == "one\n\nsomething\ntwo\n\n"


def test_without_a_terminal_pictures_follow_one_another():
    assert shown(io.StringIO(), ["one"], ["two"]) == "one\n\ntwo\n\n"


@pytest.mark.parametrize("picture", [["line"] * 24, ["x" * 80]])
def test_a_picture_that_does_not_fit_is_not_replaced(picture):
    assert "\x1b" not in shown(Terminal(), picture, ["next"])


def test_colours_do_not_count_as_width():
    picture = ["\x1b[32;1m" + "x" * 70 + "\x1b[0m" * 3]
    assert "\x1b[2F" in shown(Terminal(), picture, ["next"])


def test_colours_are_for_terminals(environment):
    assert Screen(Terminal()).style.colours
    assert not Screen(io.StringIO()).style.colours
    environment.setenv("NO_COLOR", "1")
    assert not Screen(Terminal()).style.colours


def test_a_dumb_terminal_gets_no_colours(environment):
    environment.setenv("TERM", "dumb")
    assert not Screen(Terminal()).style.colours
    assert "\x1b" not in shown(Terminal(), ["one"], ["two"])


def test_an_ascii_stream_gets_no_box_characters():
    assert Screen(Narrow()).style.ascii
    assert not Screen(Terminal()).style.ascii
