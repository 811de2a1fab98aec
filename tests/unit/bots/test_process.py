"""How the process of the computer opponents ends."""

import subprocess
import sys

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
