"""Programs of Debian packages: found, installed, or asked for."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.launch import debian_packages


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The programs of a machine: a folder that is all of PATH, where this process is root."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian_packages, "POLICY", tmp_path / "policy-rc.d")
    return programs


def put(program: Path, script: str = "") -> Path:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def put_apt_get(machine: Path, asked: Path) -> None:
    """Make an apt-get that installs programs, and writes its arguments to a file."""
    put(
        machine / "apt-get",
        f"echo $* >>{asked}\n"
        "for package; do true; done\n"
        "[ $package = games ] && program=played || program=danced\n"
        f"printf '#!/bin/sh' >{machine}/$program; /bin/chmod +x {machine}/$program",
    )


GAMES, DANCES = ("played", "games"), ("danced", "dances")


def test_a_program_is_found_by_name_path_and_pattern(machine: Path) -> None:
    program = put(machine / "played")
    assert debian_packages.find("played") == debian_packages.find(f"{machine}/pl*") == str(program)
    debian_packages.ensure([GAMES, (str(program), "games")])


def test_installing_a_missing_program_starts_no_service(
    machine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(
        machine / "apt-get",
        f"echo $* >>{tmp_path}/asked\n"
        f"{tmp_path}/policy-rc.d; echo $? >{tmp_path}/allowed\n"
        f"printf '#!/bin/sh' >{machine}/played; /bin/chmod +x {machine}/played",
    )
    debian_packages.ensure([GAMES])
    assert debian_packages.find("played") == str(machine / "played")
    assert "install --yes --no-install-recommends games" in (tmp_path / "asked").read_text()
    assert (tmp_path / "allowed").read_text() == "101\n"  # "not allowed", in Debian's words
    assert not (tmp_path / "policy-rc.d").exists()
    assert capsys.readouterr().out == "Installing games (about a minute, once)...\n"


def test_package_lists_are_updated_once_for_all_programs(
    machine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_apt_get(machine, tmp_path / "asked")
    debian_packages.ensure([GAMES, DANCES])
    asked = (tmp_path / "asked").read_text()
    assert asked.count(" update\n") == 1 and asked.count(" install ") == 2
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["games", "dances"]


def test_a_package_without_its_program_is_named(machine: Path) -> None:
    put(machine / "apt-get")
    missing = "played .* the package games does not bring it"
    with pytest.raises(debian_packages.MissingProgram, match=missing):
        debian_packages.ensure([GAMES])


def test_a_failed_installation_has_a_reason_and_remedy(machine: Path, tmp_path: Path) -> None:
    put(machine / "apt-get", "echo E: Unable to locate package games; exit 100")
    with pytest.raises(debian_packages.MissingProgram) as refusal:
        debian_packages.ensure([GAMES])
    assert str(refusal.value) == (
        "apt-get could not install games (E: Unable to locate package games):"
        " run `apt-get install games` by hand, and try again."
    )
    assert not (tmp_path / "policy-rc.d").exists()


def test_an_interrupted_installation_ends_in_good_order(machine: Path, tmp_path: Path) -> None:
    install = (
        "import signal, sys; from pathlib import Path\n"
        "from tools.launch import debian_packages as each\n"
        # Where tests run in the background of a shell, the signal is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"each.POLICY = Path({str(tmp_path / 'policy-rc.d')!r})\n"
        "with each.no_services_started(): each.apt_get(['install'], sys.stdout)"
    )
    # A named pipe holds apt-get up, as it is given no input. It is open here at both ends, as the
    # signal may keep apt-get from opening it.
    os.mkfifo(tmp_path / "rest")
    rest = os.open(tmp_path / "rest", os.O_RDWR)
    put(machine / "apt-get", f"trap : INT; echo started; read rest <{tmp_path}/rest; echo ended")
    with subprocess.Popen(
        [sys.executable, "-c", install], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"started\n"
        os.killpg(process.pid, signal.SIGINT)
        os.write(rest, b"\n")
        assert process.stdout.read() == b"ended\n"
        assert b"KeyboardInterrupt" in process.stderr.read()
    os.close(rest)
    assert not (tmp_path / "policy-rc.d").exists()


@pytest.mark.parametrize(
    ("needed", "told"),
    [
        ([GAMES], "played is missing: as root, run `apt-get install games`, and try again."),
        (
            [GAMES, DANCES],
            "played and danced are missing: as root, run `apt-get install games dances`, and try"
            " again.",
        ),
    ],
)
def test_without_root_the_command_for_root_is_shown(
    machine: Path, monkeypatch: pytest.MonkeyPatch, needed: list[tuple[str, str]], told: str
) -> None:
    put(machine / "apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(debian_packages.MissingProgram) as refusal:
        debian_packages.ensure(needed)
    assert str(refusal.value) == told


def test_without_apt_get_the_packages_are_named(machine: Path) -> None:
    missing = "played and danced are .* games and dances"
    with pytest.raises(debian_packages.MissingProgram, match=missing):
        debian_packages.ensure([GAMES, DANCES])


def test_an_existing_service_policy_stays(machine: Path, tmp_path: Path) -> None:
    policy = put(tmp_path / "policy-rc.d", "exit 0")
    with debian_packages.no_services_started():
        assert "exit 0" in policy.read_text()
    assert "exit 0" in policy.read_text()
