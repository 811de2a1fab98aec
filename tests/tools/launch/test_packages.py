import os
from pathlib import Path

import pytest

from tools.launch import packages


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine's programs: a folder that is all of PATH, where this process is root."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    return programs


def put(program: Path, script: str = "") -> Path:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def put_apt_get(machine: Path, asked: Path) -> None:
    """Have an apt-get that brings `played` with games, and notes what it is asked."""
    put(
        machine / "apt-get",
        f"echo $* >>{asked}\n"
        "for package; do true; done\n"
        "[ $package = games ] && program=played || program=danced\n"
        f"printf '#!/bin/sh' >{machine}/$program; /bin/chmod +x {machine}/$program",
    )


GAMES, DANCES = ("played", "games"), ("danced", "dances")


def test_a_program_is_found_by_its_name_its_path_and_a_pattern(machine: Path) -> None:
    program = put(machine / "played")
    assert packages.find("played") == packages.find(f"{machine}/pl*") == str(program)
    packages.ensure([GAMES, (str(program), "games")])


def test_one_that_is_missing_is_installed_and_no_service_is_started_by_that(
    machine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(
        machine / "apt-get",
        f"echo $* >>{tmp_path}/asked\n"
        f"{tmp_path}/policy-rc.d; echo $? >{tmp_path}/allowed\n"
        f"printf '#!/bin/sh' >{machine}/played; /bin/chmod +x {machine}/played",
    )
    packages.ensure([GAMES])
    assert packages.find("played") == str(machine / "played")
    assert "install --yes --no-install-recommends games" in (tmp_path / "asked").read_text()
    assert (tmp_path / "allowed").read_text() == "101\n"  # "not allowed", in Debian's words
    assert not (tmp_path / "policy-rc.d").exists()
    assert capsys.readouterr().out == "Installing games (about a minute, once)...\n"


def test_for_all_that_is_missing_the_lists_are_brought_up_to_date_once(
    machine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_apt_get(machine, tmp_path / "asked")
    packages.ensure([GAMES, DANCES])
    asked = (tmp_path / "asked").read_text()
    assert asked.count(" update\n") == 1 and asked.count(" install ") == 2
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["games", "dances"]


def test_a_package_that_does_not_bring_its_program_is_named(machine: Path) -> None:
    put(machine / "apt-get")
    with pytest.raises(packages.Missing, match="played .* the package games does not bring it"):
        packages.ensure([GAMES])


def test_a_failed_installation_says_why_and_what_to_do(machine: Path, tmp_path: Path) -> None:
    put(machine / "apt-get", "echo E: Unable to locate package games; exit 100")
    with pytest.raises(packages.Missing) as refusal:
        packages.ensure([GAMES])
    assert str(refusal.value) == (
        "apt-get could not install games (E: Unable to locate package games):"
        " run `apt-get install games` by hand, and try again."
    )
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
def test_who_is_not_root_is_told_at_once_all_that_root_can_do(
    machine: Path, monkeypatch: pytest.MonkeyPatch, needed: list[tuple[str, str]], told: str
) -> None:
    put(machine / "apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(packages.Missing) as refusal:
        packages.ensure(needed)
    assert str(refusal.value) == told


def test_without_apt_get_the_packages_are_named(machine: Path) -> None:
    with pytest.raises(packages.Missing, match="played and danced are .* games and dances"):
        packages.ensure([GAMES, DANCES])


def test_a_policy_that_the_machine_has_already_stays(machine: Path, tmp_path: Path) -> None:
    policy = put(tmp_path / "policy-rc.d", "exit 0")
    with packages.no_services_started():
        assert "exit 0" in policy.read_text()
    assert "exit 0" in policy.read_text()
