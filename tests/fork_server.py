"""The process that processes of Arbiter are forked from; tests/forking.py starts and uses it.

Each line on standard input is a request in JSON, and is answered by the process id. When a process
has ended, its status is written to a file. When standard input ends, so do they all.
"""

import ctypes
import faulthandler
import gc
import importlib
import json
import os
import runpy
import signal
import sys
import warnings
from typing import Any

import coverage
import eventlet
import eventlet.hubs

PRELOADED = (
    "alembic.autogenerate", "alembic.config", "alembic.runtime.environment", "alembic.script",
    "argon2", "chess", "eventlet.wsgi", "flask", "flask_sock", "jwt", "kombu.transport.pyamqp",
    "nameko.cli.run", "nameko.rpc", "nameko.timer", "nameko_sqlalchemy", "passlib.hash",
    "prometheus_client", "psycopg2", "pydantic", "pyffish", "pythonjsonlogger.json", "redis",
    "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "sqlalchemy.orm",
)
# Names the configuration of coverage for forked processes alone: other programs that a test starts
# would print the warnings of what coverage imports.
FORKED_COVERAGE = "FORKED_COVERAGE"
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Import, then serve requests."""
    eventlet.monkey_patch()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in PRELOADED:
            importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if os.fork() == 0:
            run(json.loads(line))


def run(request: dict[str, Any]) -> None:
    """Start a process, wait for its end, and write down its status."""
    end_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    process = os.fork()
    if process == 0:
        become(request)
        return
    os.write(1, f"{process}\n".encode())
    status = request["status"]
    _, ended = eventlet.patcher.original("os").waitpid(process, 0)
    with open(f"{status}.new", "w") as file:
        file.write(str(ended))
    os.rename(f"{status}.new", status)
    os._exit(0)


def become(request: dict[str, Any]) -> None:
    """Turn this process into the one requested; never returns."""
    os.setsid()
    end_with_parent()
    eventlet.hubs.use_hub()  # its own: a shared epoll descriptor reports others' sockets
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, place in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(here, place)
    faulthandler.enable()  # a crash in native code is to be told in the log
    if FORKED_COVERAGE in os.environ:
        os.environ["COVERAGE_PROCESS_START"] = os.environ[FORKED_COVERAGE]
        coverage.process_startup()
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    added = request["environment"].get("PYTHONPATH", "")
    sys.path[1:1] = [each for each in added.split(os.pathsep) if each]
    module, *arguments = request["arguments"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


def end_with_parent() -> None:
    """Have the kernel kill this process when its parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
