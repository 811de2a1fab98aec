"""Programs that come in Debian packages: found, or installed where that can be done."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tools.launch import Trouble

POLICY = Path("/usr/sbin/policy-rc.d")


class Missing(Trouble):
    """A program that is needed is not there, and can't be installed from here."""


def ensure(needed: Iterable[tuple[str, str]]) -> None:
    """Install what is missing of these programs, each given with the Debian package that brings it.

    A program is a name, a path, or a pattern of paths. Only root installs, and no service is
    started by it. Raises Missing, with all that is missing, where it can't be installed.
    """
    missing = {program: package for program, package in needed if not find(program)}
    if not missing:
        return
    packages = list(dict.fromkeys(missing.values()))
    if not shutil.which("apt-get"):
        raise Missing(
            f"{are_missing(missing)}: install what Debian calls {listed(packages)}, and try again."
        )
    if os.geteuid() != 0:
        raise Missing(
            f"{are_missing(missing)}: as root, run `apt-get install {' '.join(packages)}`, and try"
            " again."
        )
    install(packages)
    for program, package in missing.items():
        if not find(program):
            raise Missing(f"{program} is missing, and the package {package} does not bring it.")


def are_missing(programs: Collection[str]) -> str:
    """Return the beginning of a sentence that says so."""
    return f"{listed(programs)} {'is' if len(programs) == 1 else 'are'} missing"


def listed(names: Collection[str]) -> str:
    """Return names as a sentence has them."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def find(program: str) -> str | None:
    """Return the path of a program by its name, its path or a pattern; None where it is missing."""
    return max(glob.glob(program), default=None) if "*" in program else shutil.which(program)


def install(packages: Iterable[str]) -> None:
    """Install Debian packages with their dependencies, or raise Missing with what apt-get said."""
    with no_services_started(), tempfile.TemporaryFile("w+") as said:
        apt_get(["update"], said)  # a list that can't be brought up to date may still do
        for package in packages:
            print(f"Installing {package} (about a minute, once)...", flush=True)
            said.seek(0)
            said.truncate()
            if apt_get(["install", "--yes", "--no-install-recommends", package], said) != 0:
                raise Missing(
                    f"apt-get could not install {package} ({reason(said)}): run `apt-get install "
                    f"{package}` by hand, and try again."
                )


def reason(said: IO[str]) -> str:
    """Return the first error of what apt-get has said."""
    said.seek(0)
    return next((line.strip() for line in said if line.startswith("E: ")), "it gave no reason")


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
