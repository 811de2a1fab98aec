"""Programs from Debian packages: found, or installed where possible."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tools.errors import ToolError

POLICY = Path("/usr/sbin/policy-rc.d")


class MissingProgram(ToolError):
    """A required program is missing, and can't be installed from here."""


def ensure(needed: Iterable[tuple[str, str]]) -> None:
    """Install the missing ones of these programs, each given with its Debian package.

    A program is a name, a path, or a pattern of paths. Only root installs, and no service is
    started by it. Raises MissingProgram, which names all of them, where they can't be installed.
    """
    missing = {program: package for program, package in needed if not find(program)}
    if not missing:
        return
    packages = list(dict.fromkeys(missing.values()))
    if not shutil.which("apt-get"):
        raise MissingProgram(
            f"{are_missing(missing)}: install what Debian calls {listed(packages)}, and try again."
        )
    if os.geteuid() != 0:
        raise MissingProgram(
            f"{are_missing(missing)}: as root, run `apt-get install {' '.join(packages)}`, and try"
            " again."
        )
    install(packages)
    for program, package in missing.items():
        if not find(program):
            raise MissingProgram(
                f"{program} is missing, and the package {package} does not bring it."
            )


def are_missing(programs: Collection[str]) -> str:
    """Return the beginning of a sentence that names missing programs."""
    return f"{listed(programs)} {'is' if len(programs) == 1 else 'are'} missing"


def listed(names: Collection[str]) -> str:
    """Return names as an enumeration in a sentence."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def find(program: str) -> str | None:
    """Return the path of a program by its name, path or pattern; None where it is missing."""
    return max(glob.glob(program), default=None) if "*" in program else shutil.which(program)


def install(packages: Iterable[str]) -> None:
    """Install Debian packages with dependencies; raise MissingProgram with apt-get's reason."""
    with no_services_started(), tempfile.TemporaryFile("w+") as output:
        apt_get(["update"], output)  # if it fails, the present list may still do
        for package in packages:
            print(f"Installing {package} (about a minute, once)...", flush=True)
            output.seek(0)
            output.truncate()
            if apt_get(["install", "--yes", "--no-install-recommends", package], output) != 0:
                raise MissingProgram(
                    f"apt-get could not install {package} ({reason(output)}): run `apt-get install "
                    f"{package}` by hand, and try again."
                )


def reason(output: IO[str]) -> str:
    """Return the first error of what apt-get has output."""
    output.seek(0)
    return next((line.strip() for line in output if line.startswith("E: ")), "it gave no reason")


def apt_get(arguments: list[str], output: IO[str]) -> int:
    """Run apt-get without questions, with its output in a file, and return its exit status."""
    process = subprocess.Popen(
        ["apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=120", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # the signal reached it too, and it ends when it safely can
        raise


@contextmanager
def no_services_started() -> Iterator[None]:
    """Keep newly installed packages from starting services, by Debian's policy-rc.d.

    An existing policy of the machine stays as it is.
    """
    try:
        descriptor = os.open(POLICY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755)
    except FileExistsError:
        yield
        return
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink(missing_ok=True)
