"""Every hop of a move in ARCHITECTURE is defined in the file that is named with it."""

import ast
import re

import pytest

from tests.docs.pages import ROOT, read, section

HOP = re.compile(r"`([\w/]+\.py)`: `([\w.]+)`")
HOPS = HOP.findall(section(read("ARCHITECTURE.md"), "## How a move travels"))


def test_the_hops_begin_and_end_at_the_socket():
    assert len(HOPS) >= 12
    assert HOPS[0][0] == HOPS[-1][0]
    assert HOPS[0][0].startswith("gateway/connection/")
    services = [path for path, _ in HOPS if path.startswith("sessions/")]
    assert services


@pytest.mark.parametrize(("path", "name"), HOPS)
def test_each_hop_is_defined_in_its_file(path, name):
    body = ast.parse((ROOT / path).read_text()).body
    for part in name.split("."):
        found = [
            node for node in body
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == part
        ]
        assert found, f"there is no {part} of {name} in {path}"
        body = found[0].body
