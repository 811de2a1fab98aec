"""The commands that the documents show exist."""

import importlib.util
import re

import pytest

from tests.docs.pages import PAGES, ROOT, read

TARGETS = set(re.findall(r"^([a-z-]+(?: [a-z-]+)*):", read("Makefile"), re.MULTILINE))
MADE = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)
SHOWN = "\n".join(page.read_text() for page in PAGES)


@pytest.mark.parametrize("target", sorted(set(MADE.findall(SHOWN))))
def test_what_make_is_asked_for_is_in_the_makefile(target):
    assert target in {name for names in TARGETS for name in names.split()}


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([\w.]+)", SHOWN))))
def test_what_python_is_asked_to_run_is_there(module):
    spec = importlib.util.find_spec(module)
    assert spec and (spec.submodule_search_locations is None or is_program(module))


def is_program(package: str) -> bool:
    return importlib.util.find_spec(f"{package}.__main__") is not None


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_every_service_is_started_by_a_command_and_nothing_else_is(page):
    shown = re.findall(r"nameko run --config config.yaml (\w+)\.service", read(page))
    services = [path.parent.name for path in ROOT.glob("*/service.py")]
    assert sorted(shown) == sorted(services)
    assert "python -m gateway --config config.yaml" in read(page)


def test_every_task_of_the_makefile_that_users_need_is_shown():
    assert {"run", "test", "demo", "bench"} <= set(MADE.findall(SHOWN))
