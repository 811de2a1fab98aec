"""Every hop that ARCHITECTURE names on a move's way is there, in the file that it names."""

import ast
import re

import pytest

from tests.docs.pages import ROOT, read, section

HOP = re.compile(r"`([\w/]+\.py)`: `([\w.]+)`")
HOPS = HOP.findall(section(read("ARCHITECTURE.md"), "## How a move travels"))


def test_hops_lead_from_the_socket_to_the_socket():
    assert len(HOPS) >= 12
    assert HOPS[0][0] == HOPS[-1][0]
    assert HOPS[0][0].startswith("gateway/connection/")
    services = [path for path, _ in HOPS if path.startswith("sessions/")]
    assert services


@pytest.mark.parametrize(("path", "name"), HOPS)
def test_a_hop_is_defined_where_it_is_said_to_be(path, name):
    body = ast.parse((ROOT / path).read_text()).body
    for part in name.split("."):
        found = [
            node for node in body
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == part
        ]
        assert found, f"there is no {part} of {name} in {path}"
        body = found[0].body
