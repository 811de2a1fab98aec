"""The configuration file of supervisord."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.launch.program import Program

# A program that ends sooner counts as one that could not start: it is restarted after a pause,
# which grows by a second each time.
START_SECONDS = 5

SUPERVISORD = """\
[supervisord]
nodaemon=true
silent=true
logfile={folder}/log/supervisord.log
logfile_maxbytes=1MB
logfile_backups=1
pidfile={folder}/supervisord.pid
childlogdir={folder}/log
nocleanup=true
strip_ansi=true

[unix_http_server]
file={socket}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{socket}
"""

GROUP = """\
[group:{name}]
programs={members}
priority={priority}
"""

PROGRAM = """\
[program:{name}]
command={command}
directory={directory}
autostart=false
autorestart=true
startsecs={start_seconds}
startretries=1000000000
stopwaitsecs={stop_seconds}
stopsignal={stop_signal}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=1
"""


def configuration(
    folder: Path, socket: str, groups: Mapping[str, Sequence[Program]], directory: Path
) -> str:
    """Return the configuration for these groups of programs, stopped in reverse order."""
    parts = [SUPERVISORD.format(folder=escaped(folder), socket=escaped(socket))]
    for priority, (name, programs) in enumerate(groups.items()):
        members = ",".join(program.name for program in programs)
        parts.append(GROUP.format(name=name, members=members, priority=priority))
        parts.extend(section(program, folder, directory) for program in programs)
    return "\n".join(parts)


def section(program: Program, folder: Path, directory: Path) -> str:
    """Return the section of one program, run in `directory`."""
    return PROGRAM.format(
        name=program.name,
        command=escaped(shlex.join(program.argv())),
        directory=escaped(directory),
        log=escaped(log(folder, program.name)),
        stop_seconds=program.stop_seconds,
        stop_signal=program.stop_signal,
        start_seconds=START_SECONDS,
    )


def log(folder: Path, program: str) -> Path:
    """Return the file with the output of this program."""
    return folder / "log" / f"{program}.log"


def escaped(value: object) -> str:
    """Return a value with the escapes of supervisord's configuration."""
    return str(value).replace("%", "%%")
