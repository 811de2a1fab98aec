"""The commands in the documentation exist."""

import importlib.util
import re

import pytest

from tests.docs.pages import PAGES, ROOT, read

TARGETS = set(re.findall(r"^([a-z-]+(?: [a-z-]+)*):", read("Makefile"), re.MULTILINE))
MADE = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)
SHOWN = "\n".join(page.read_text() for page in PAGES)


@pytest.mark.parametrize("target", sorted(set(MADE.findall(SHOWN))))
def test_shown_make_targets_exist(target):
    assert target in {name for names in TARGETS for name in names.split()}


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([\w.]+)", SHOWN))))
def test_shown_python_modules_exist(module):
    spec = importlib.util.find_spec(module)
    assert spec and (spec.submodule_search_locations is None or is_program(module))


def is_program(package: str) -> bool:
    return importlib.util.find_spec(f"{package}.__main__") is not None


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_the_shown_commands_start_every_service(page):
    shown = re.findall(r"nameko run --config config.yaml (\w+)\.service", read(page))
    services = [path.parent.name for path in ROOT.glob("*/service.py")]
    assert sorted(shown) == sorted(services)
    assert "python -m gateway --config config.yaml" in read(page)


def test_the_make_targets_for_users_are_shown():
    assert {"run", "test", "demo", "bench"} <= set(MADE.findall(SHOWN))
