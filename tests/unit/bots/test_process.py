"""How the process of the computer opponents begins and ends."""

import subprocess
import sys
from threading import Event
from unittest.mock import Mock

import pytest

from bots import process
from extensions.settings.loader import load_settings
from tests.process import ROOT

STOPPED_BY_ANOTHER_THREAD = """
import os, signal, threading
from unittest.mock import Mock
from bots import process

def take_signal():
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    threading.Event().wait()

process.BotAccount = process.Thinkers = Mock()
timer = threading.Timer(0.3, take_signal)  # by then the main thread waits
timer.daemon = True
timer.start()
process.main()
"""


def test_a_signal_that_another_thread_takes_ends_the_process():
    """The system gives a signal to any thread, mostly to the main one."""
    subprocess.run(
        [sys.executable, "-c", STOPPED_BY_ANOTHER_THREAD], cwd=ROOT, check=True, timeout=60,
        env={"BOTS_PASSWORD": "a password of the computers of this test"},
    )


@pytest.mark.parametrize(("given", "last"), [
    ({}, ["computer-5", "computer-1-b"]), ({"BOTS_SUFFIX": "x"}, ["computer-5-x"]),
])
def test_each_suffix_makes_an_account_for_each_level(given, last, monkeypatch):
    account, stopping = Mock(), Event()
    monkeypatch.setattr(process, "BotAccount", account)
    monkeypatch.setattr(process, "Thinkers", Mock())
    stopping.set()
    given = {"BOTS_PASSWORD": "a password of the computers of this test", **given}
    process.run(load_settings(given, "bots"), stopping)
    logins = [call.args[0].login for call in account.call_args_list]
    assert logins[4:6] == last
    assert len(set(logins)) == len(logins) == 5 * len(last)
