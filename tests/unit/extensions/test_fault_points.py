"""Fault points: nothing where unarmed, and a death where armed."""

import os
import signal
import subprocess
import sys
from unittest.mock import patch

import pytest
from nameko.exceptions import ConfigurationError

from extensions import fault_points
from extensions.fault_points import Arming, Point, after, before
from tests.process import ROOT

PROGRAM = """
from extensions.fault_points import Point, after, before

@before(Point.COMMITTED)
@after(Point.ANNOUNCED)
def send(notices):
    print("sent", *notices, flush=True)

for notice in ("one", "two", "three"):
    send([notice])
"""


@pytest.fixture
def run(tmp_path):
    """Runs a program that sends three notices, with a point armed: its status, what it said."""

    def run(**arming):
        environment = {**os.environ, "FAULT_MARK": str(tmp_path / "mark"), **arming}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM], cwd=ROOT, env=environment,
            capture_output=True, text=True, timeout=60,
        )
        return done.returncode, done.stdout.splitlines(), done.stderr

    return run


@pytest.mark.parametrize("mark", [before, after])
def test_an_unarmed_point_leaves_the_very_function(mark):
    def function():
        pass

    assert mark(Point.COMMITTED)(function) is function
    with patch.object(fault_points, "_armed", Arming(Point.ANNOUNCED, "mark")):
        assert mark(Point.COMMITTED)(function) is function
        assert mark(Point.ANNOUNCED)(function) is not function


def test_nothing_is_armed_where_these_tests_run():
    assert fault_points._armed is None


@pytest.mark.parametrize(
    ("point", "said"), [(Point.COMMITTED, []), (Point.ANNOUNCED, ["sent one"])]
)
def test_the_process_dies_at_the_armed_point_and_leaves_a_mark(run, tmp_path, point, said):
    status, output, errors = run(FAULT_POINT=point)
    assert (status, output) == (-signal.SIGKILL, said)
    assert (tmp_path / "mark").read_text() == point
    assert "A fault point is armed" in errors and point in errors


def test_a_process_dies_only_where_all_words_are_mentioned(run):
    status, output, _ = run(FAULT_POINT=Point.COMMITTED, FAULT_ONLY="two")
    assert (status, output) == (-signal.SIGKILL, ["sent one"])


def test_a_process_lives_where_a_word_is_missing(run):
    status, output, _ = run(FAULT_POINT=Point.COMMITTED, FAULT_ONLY="two three")
    assert (status, len(output)) == (0, 3)


def test_no_process_dies_again_once_the_mark_is_made(run, tmp_path):
    (tmp_path / "mark").touch()
    status, output, _ = run(FAULT_POINT=Point.COMMITTED)
    assert (status, len(output)) == (0, 3)


def test_a_point_that_is_not_armed_does_nothing(run):
    status, output, errors = run(FAULT_POINT="")
    assert (status, output, errors) == (0, ["sent one", "sent two", "sent three"], "")


def test_an_unknown_point_is_refused_with_the_known_names(run):
    status, output, errors = run(FAULT_POINT="nowhere")
    assert (status, output) == (1, [])
    assert "'nowhere'" in errors
    assert all(point in errors for point in Point)


def test_a_point_without_a_mark_is_refused():
    with pytest.raises(ConfigurationError, match="FAULT_MARK"):
        Arming.read({"FAULT_POINT": Point.COMMITTED})


def test_the_environment_arms_a_point():
    environment = {"FAULT_POINT": Point.ANNOUNCED, "FAULT_MARK": "a mark", "FAULT_ONLY": "b  c"}
    assert Arming.read(environment) == Arming(Point.ANNOUNCED, "a mark", ("b", "c"))
    assert Arming.read({}) is None
