"""A watchdog over the one thread in which all greenthreads of a process run.

Where one of them does not let the others run, as in a call that blocks, nothing in that thread can
tell. So a native thread looks whether it gets on, and else ends the process.
"""

import faulthandler
import os
import sys

import eventlet
from eventlet.patcher import original

BEAT = 1.0  # seconds

_beats = 0


def watch(patience: float) -> None:
    """End the process with status 1 when its greenthreads have not run for so many seconds.

    What keeps them is written to the log before, as the stacks of all threads. 0: never.
    """
    if patience:
        eventlet.spawn_n(_beat)
        original("threading").Thread(target=_look, args=(patience,), daemon=True).start()


def _beat() -> None:
    global _beats
    while True:
        _beats += 1
        eventlet.sleep(BEAT)


def _look(patience: float) -> None:
    # No lock, no logging: they are eventlet's, and this thread is not.
    sleep = original("time").sleep
    seen, missed = _beats, 0
    while missed * BEAT <= patience:
        sleep(BEAT)
        # Looks are counted, and not time: a process that was stopped is not stuck. It costs it one
        # look in vain, and one more falls between two beats now and then.
        seen, missed = _beats, missed + 1 if seen == _beats else 0
    os.write(2, b"CRITICAL watchdog: No greenthread runs; the process ends\n")
    faulthandler.dump_traceback(sys.__stderr__ or 2, all_threads=True)
    os._exit(1)
