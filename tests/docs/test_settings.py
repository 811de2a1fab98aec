"""The settings in config.yaml and in the documents are those of extensions/settings.py."""

import re

import pytest

import docs.settings
from extensions.settings import types_by_name
from tests.docs.pages import codes, read, rows, section

DEFAULTS = {name: kind.default for name, kind in types_by_name().items()}


def test_the_configuration_has_every_setting_and_its_default():
    config = read("config.yaml")
    assert docs.settings.configured(config) == config, "run `python -m docs.generate`"
    assert dict(re.findall(r"^(\w+): .*\$\{\1:?(.*)\}$", config, re.MULTILINE)) == DEFAULTS


def test_operations_describes_every_setting():
    page = read("docs/operations.md")
    assert docs.settings.tabulated(page) == page, "run `python -m docs.generate`"
    assert [codes(row[0])[0] for row in rows(section(page, "## Settings"))] == list(DEFAULTS)


def test_settings_that_a_client_can_feel_have_their_defaults_in_the_protocol_too():
    shown = section(read("docs/protocol.md"), "## Settings that a client can feel")
    for row in rows(shown):
        name, default = codes(row[0])[0], row[1].strip("`")
        assert default.removesuffix(" s").replace("none", "") == DEFAULTS[name], name


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=\w+)?`", read("docs/protocol.md"))))
)
def test_settings_that_the_protocol_names_are_settings(name):
    assert name in DEFAULTS
