"""Every fault point stands in the code, and a test has a process die at it."""

import ast
import re
from pathlib import Path

import pytest

from extensions.fault_points import Point
from tests.import_rules import PACKAGES, ROOT

STANDS = re.compile(r"^ *@(?:before|after)\(Point\.(\w+)\)$", re.MULTILINE)


def of_sources(*patterns):
    return [path.read_text() for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def armed_in(source):
    """Return the points that a test names."""
    return {
        node.attr for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        and node.value.id == "Point"
    }


@pytest.mark.parametrize("point", Point, ids=lambda point: point.name)
def test_the_point_stands_in_the_code(point):
    standing = [
        name for source in of_sources(*(f"{package}/**/*.py" for package in PACKAGES))
        for name in STANDS.findall(source)
    ]
    assert point.name in standing


@pytest.mark.parametrize("point", Point, ids=lambda point: point.name)
def test_something_dies_at_the_point_in_a_test(point):
    folder = Path(__file__).parent.relative_to(ROOT)
    assert any(point.name in armed_in(source) for source in of_sources(f"{folder}/test_*.py"))
