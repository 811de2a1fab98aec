"""The pinned packages of npm: fetched once, and anew where the pins have changed."""

from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.launch import prerequisites


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of pins; what it pins is fetched to the folder `fetched`."""
    pins = tmp_path / "pinned" / prerequisites.PINS
    pins.parent.mkdir()
    pins.write_text("{}")
    monkeypatch.setattr(prerequisites, "PINNED_PACKAGES", pins.parent)
    monkeypatch.setattr(prerequisites, "FETCHED_PACKAGES", tmp_path / "fetched")
    return pins


def put_npm(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(prerequisites, "NPM_CI", ("sh", "-c", f"mkdir -p node_modules; {script}"))


def test_packages_are_fetched_once_for_the_same_pins(
    pins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_npm(monkeypatch, "echo once >>node_modules/.package-lock.json")
    fetched = tmp_path / "fetched" / "node_modules" / ".package-lock.json"
    prerequisites.fetch_packages()
    prerequisites.fetch_packages()
    assert fetched.read_text() == "once\n"
    pins.write_text('{"changed": true}')
    prerequisites.fetch_packages()
    assert fetched.read_text() == "once\nonce\n"


def test_packages_that_could_not_be_fetched_are_tried_again(
    pins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_npm(monkeypatch, "echo no network >&2; exit 1")
    for _ in range(2):
        with pytest.raises(ToolError, match="of npm could not be fetched: no network"):
            prerequisites.fetch_packages()
