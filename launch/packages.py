"""Programs that come in Debian packages: found, or installed where that can be done."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from launch import Trouble

POLICY = Path("/usr/sbin/policy-rc.d")


class Missing(Trouble):
    """A program that is needed is not there, and can't be installed from here."""


def ensure(program: str, package: str) -> str:
    """Return the path of `program`, installing its Debian `package` where needed.

    It is a name, a path, or a pattern of paths, of which the last in order will do.
    Only root installs, and no service is started by it. Raises Missing where it can't be installed.
    """
    if found := find(program):
        return found
    if not shutil.which("apt-get"):
        raise Missing(
            f"{program} is missing: install what Debian calls {package}, and try again."
        )
    if os.geteuid() != 0:
        raise Missing(
            f"{program} is missing: as root, run `apt-get install {package}`, and try again."
        )
    install(package)
    if found := find(program):
        return found
    raise Missing(f"{program} is missing, and the package {package} does not bring it.")


def find(program: str) -> str | None:
    """Return the path of a program by its name, its path or a pattern; None where it is missing."""
    return max(glob.glob(program), default=None) if "*" in program else shutil.which(program)


def install(package: str) -> None:
    """Install a Debian package with its dependencies, or raise Missing with what apt-get said."""
    print(f"Installing {package} (about a minute, once)...", flush=True)
    with no_services_started(), tempfile.TemporaryFile("w+") as said:
        apt_get(["update"], said)  # a list that can't be brought up to date may still do
        if apt_get(["install", "--yes", "--no-install-recommends", package], said) == 0:
            return
        said.seek(0)
        reasons = [line.strip() for line in said if line.startswith("E: ")]
    raise Missing(
        f"apt-get could not install {package} ({reasons[0] if reasons else 'it gave no reason'}):"
        f" run `apt-get install {package}` by hand, and try again."
    )


def apt_get(arguments: list[str], said: IO[str]) -> int:
    """Run apt-get without questions, and return its status; its words go to `said`."""
    process = subprocess.Popen(
        ["apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=120", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # the terminal told it too, and it ends where nothing is left half-installed
        raise


@contextmanager
def no_services_started() -> Iterator[None]:
    """Keep what gets installed meanwhile from starting services, by Debian's policy-rc.d.

    A policy that the machine has already stays as it is.
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
