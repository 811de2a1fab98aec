"""The distribution `arbiter-games`, installed in an environment without a server."""

import configparser
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "arbiter_games"
PYPROJECT = tomllib.loads((SOURCES / "pyproject.toml").read_text())
EXTRAS = list(PYPROJECT["project"]["optional-dependencies"])
SERVER = ("nameko", "nameko_sqlalchemy", "sqlalchemy", "eventlet", "extensions", "sessions")

IMPORTABLE = f"""
from importlib.util import find_spec
assert not [name for name in {SERVER} if find_spec(name)]
import arbiter_games.testing
from arbiter_games.plugins import load_games
print(*load_games())
"""
TESTS = """
from tictactoe import TicTacToe

class InPlace(TicTacToe):
    def apply(self, state, player, move):
        after = super().apply(state, player, move)
        state["taken"].append(move)
        return after

def test_sound(assert_game_conforms):
    assert_game_conforms(TicTacToe(), examples=2)

def test_broken(assert_game_conforms):
    assert_game_conforms(InPlace(), examples=2)
"""


def run(*command: object, cwd: Path) -> str:
    """Run a command that must not fail, and return its output."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def required(found: Distribution, extras: list[str]) -> dict[str, Distribution]:
    """Return the installed distributions that a distribution requires, by name."""
    needed = {}
    for line in found.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            dependency = distribution(requirement.name)
            assert requirement.specifier.contains(dependency.version)
            needed |= {requirement.name: dependency}
            needed |= required(dependency, list(requirement.extras))
    return needed


def copy(installed: Distribution, target: Path) -> None:
    """Copy an installed distribution to another site-packages."""
    for file in installed.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            path = target / file
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), path)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the folder, without anything above it."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(SOURCES, folder / "sources", ignore=shutil.ignore_patterns("__pycache__"))
    run(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--no-index", "--wheel-dir", folder, folder / "sources", cwd=folder,
    )
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """The Python of an environment with the wheel and its requirements only."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    [site] = folder.glob("lib/python*/site-packages")
    python = folder / "bin" / "python"
    run(
        sys.executable, "-m", "pip", f"--python={python}", "install", "--quiet", "--no-deps",
        "--no-index", "--disable-pip-version-check", wheel, cwd=folder,
    )
    [metadata] = site.glob("arbiter_games-*.dist-info")
    for dependency in required(PathDistribution(metadata), EXTRAS).values():
        copy(dependency, site)
    return python


def test_without_a_server_all_games_are_there(environment, tmp_path):
    games = run(environment, "-c", IMPORTABLE, cwd=tmp_path).split()
    assert games[:3] == ["dobutsu", "battleship", "chess"]


def test_without_a_server_the_kit_judges_games(environment, tmp_path):
    shutil.copy(ROOT / "docs" / "examples" / "tictactoe.py", tmp_path)
    (tmp_path / "test_games.py").write_text(TESTS)
    done = subprocess.run(
        [environment, "-m", "pytest", "-p", "no:cacheprovider"], cwd=tmp_path,
        capture_output=True, text=True,
    )
    assert "1 failed, 1 passed, 1 warning" in done.stdout, done.stdout + done.stderr
    assert "tictactoe breaks a law: apply never changes its argument" in done.stdout
    assert "LawsNotChecked: No Arbiter server is installed here" in done.stdout


def test_the_wheel_has_its_licence_and_its_types(wheel):
    names = run(sys.executable, "-m", "zipfile", "-l", wheel, cwd=ROOT)
    assert "arbiter_games/py.typed" in names
    assert ".dist-info/licenses/LICENSE" in names


def test_both_distributions_declare_the_same():
    """The two distributions must agree, since an environment may have either or both."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    project, extras = PYPROJECT["project"], config["options.extras_require"]

    def listed(text: str) -> list[str]:
        lines = text.strip().splitlines()
        return sorted(str(Requirement(line)) for line in lines if not line.startswith("#"))

    assert project["version"] == config["metadata"]["version"]
    assert set(project["dependencies"]) <= set(listed(config["options"]["install_requires"]))
    for extra, requirements in project["optional-dependencies"].items():
        assert listed(extras[extra]) == sorted(str(Requirement(each)) for each in requirements)
    [declared] = project["entry-points"]["pytest11"].items()
    assert config["options.entry_points"]["pytest11"].strip() == " = ".join(declared)
