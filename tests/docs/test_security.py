"""The tests that docs/security.md names are there."""

import ast
import re

import pytest

from tests.docs.pages import ROOT, read, rows, section

PAGE = read("docs/security.md")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(?:\w+::)?(\w+)`", PAGE)))


def test_a_test_is_named_for_most_of_what_is_said():
    assert len(NAMED) >= 30
    assert len(rows(section(PAGE, "## Boundaries"))) >= 8


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_named_test_is_there(path, name):
    defined = {
        node.name for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert name in defined
