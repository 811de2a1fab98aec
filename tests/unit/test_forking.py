"""Processes that are forked from one that has imported: to the tests they are as any other."""

import os
import signal
import subprocess
import sys

import pytest

from tests import forking
from tests.process import Process
from tests.stack import eventually

CHILD = """
import os, sys
print(sys.argv[1:], sorted(os.environ), os.getsid(0) == os.getpid(), "rooms" in sys.modules)
import {then}
"""


@pytest.fixture
def start(tmp_path):
    """Starts a module that tells of itself, and then imports another."""

    def start(then, *arguments):
        (tmp_path / "child.py").write_text(CHILD.format(then=then))
        environment = {"PYTHONPATH": str(tmp_path), "PYTHONUNBUFFERED": "1"}
        return forking.spawn(["child", *arguments], environment, tmp_path / "log")

    return start


def test_a_forked_process_has_its_arguments_and_no_arbiter(start, tmp_path):
    assert start("json", "one", "two").wait(30) == 0
    said = (tmp_path / "log").read_text()
    assert said == "['one', 'two'] ['PYTHONPATH', 'PYTHONUNBUFFERED'] True False\n"


def test_the_cause_of_a_failure_is_in_the_log(start, tmp_path):
    assert start("nothing_of_this_name").wait(30) == 1
    assert "ModuleNotFoundError" in (tmp_path / "log").read_text()


def test_a_killed_process_tells_its_signal(start, tmp_path):
    (tmp_path / "endless.py").write_text("import signal\nsignal.pause()\n")
    process = start("endless")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == process.poll() == -signal.SIGTERM


def test_a_crash_in_native_code_is_in_its_log(start, tmp_path):
    (tmp_path / "crash.py").write_text("import ctypes\nctypes.string_at(0)\n")
    assert start("crash").wait(30) == -signal.SIGSEGV
    assert "Segmentation fault" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(("then", "how"), [
    ("raise SystemExit('no')", "by status 1. Its last output:\nno"),
    ("import os; os.kill(os.getpid(), 9)", "by SIGKILL. Its last output:\nnone"),
])
def test_the_end_of_a_process_is_told(tmp_path, then, how):
    (tmp_path / "ending.py").write_text(then)
    process = Process("rooms-2", ["ending"], {"PYTHONPATH": tmp_path}, tmp_path)
    process.start()
    eventually(lambda: process.ended)
    assert process.end == f"rooms-2 ended {how}"


def test_a_forked_process_does_not_outlive_its_starter(tmp_path):
    (tmp_path / "endless.py").write_text("import signal\nsignal.pause()\n")
    starter = (
        "import pathlib\nfrom tests.forking import spawn\n"
        f"log = pathlib.Path({str(tmp_path / 'log')!r})\n"
        f"print(spawn(['endless'], {{'PYTHONPATH': {str(tmp_path)!r}}}, log).pid)\n"
    )
    said = subprocess.run([sys.executable, "-c", starter], capture_output=True, check=True)
    pid = int(said.stdout)
    eventually(lambda: not os.path.exists(f"/proc/{pid}"), 30)
