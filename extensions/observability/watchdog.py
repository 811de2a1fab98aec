"""A watchdog over the one thread in which all greenthreads of a process run.

When one of them blocks the thread, nothing in that thread can notice. So a native thread checks
that greenthreads run, and ends the process when they do not.
"""

import faulthandler
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress

import eventlet
from eventlet.patcher import original

BEAT_INTERVAL_SECONDS = 1.0

_beats = 0


def watch(timeout_seconds: float) -> None:
    """End the process with status 1 when its greenthreads have not run for so long; 0: never.

    Before that it writes the stacks of all threads to the log.
    """
    if timeout_seconds:
        eventlet.spawn_n(_beat)
        thread = original("threading").Thread(
            target=_check, args=(timeout_seconds,), daemon=True
        )
        thread.start()


def _beat() -> None:
    global _beats
    while True:
        _beats += 1
        eventlet.sleep(BEAT_INTERVAL_SECONDS)


def _check(timeout_seconds: float) -> None:
    # No lock, no logging: they are eventlet's, and this thread is not.
    await_block(timeout_seconds, original("time").sleep)
    with suppress(Exception):  # what was logged before it got stuck comes first
        logging.shutdown()
    os.write(2, b"CRITICAL watchdog: No greenthread runs; the process ends\n")
    faulthandler.dump_traceback(sys.__stderr__ or 2, all_threads=True)
    os._exit(1)


def await_block(timeout_seconds: float, sleep: Callable[[float], object]) -> None:
    """Return when no greenthread has run for so long, by checks with `sleep` between them.

    Checks are counted instead of time, so that a stopped process does not count as stuck. A stop
    may fail one check, and now and then a check falls between two beats.
    """
    seen, missed = _beats, 0
    while missed * BEAT_INTERVAL_SECONDS <= timeout_seconds:
        sleep(BEAT_INTERVAL_SECONDS)
        seen, missed = _beats, missed + 1 if seen == _beats else 0
