"""What processes of Arbiter are forked from; tests/forking.py starts it, and asks.

A line on standard input names what to run; the answer is its process id. When it has ended, its
status is in a file. When standard input ends, all of this does.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import signal
import sys
import warnings
from typing import Any

import eventlet
import eventlet.hubs

IMPORTED = (
    "alembic.autogenerate", "alembic.config", "alembic.runtime.environment", "alembic.script",
    "argon2", "chess", "eventlet.wsgi", "flask", "flask_sock", "jwt", "kombu.transport.pyamqp",
    "nameko.cli.run", "nameko.rpc", "nameko.timer", "nameko_sqlalchemy", "passlib.hash",
    "prometheus_client", "psycopg2", "pydantic", "pyffish", "pythonjsonlogger.json", "redis",
    "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "sqlalchemy.orm",
)
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Import, and then start what is asked for."""
    eventlet.monkey_patch()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in IMPORTED:
            importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if os.fork() == 0:
            run(json.loads(line))


def run(request: dict[str, Any]) -> None:
    """Start a process, and wait for its end."""
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
    """Be what was asked for; does not return."""
    os.setsid()
    end_with_parent()
    eventlet.hubs.use_hub()  # one of its own: else it is told of others' sockets
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, place in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(here, place)
    os.environ.clear()
    os.environ.update(request["environment"])
    added = request["environment"].get("PYTHONPATH", "")
    sys.path[1:1] = [each for each in added.split(os.pathsep) if each]
    module, *arguments = request["arguments"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


def end_with_parent() -> None:
    """Have this process be killed when its parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
