"""config.yaml and the documentation have the settings of extensions/settings/declaration.py."""

import re

import pytest

import docs.settings
from extensions.settings import types_by_name
from tests.docs.pages import codes, read, rows, section

DEFAULTS = {name: kind.default for name, kind in types_by_name().items()}


def test_config_yaml_has_every_setting_and_its_default():
    config = read("config.yaml")
    assert docs.settings.configured(config) == config, "run `python -m docs.generate`"
    assert dict(re.findall(r"^(\w+): .*\$\{\1:?(.*)\}$", config, re.MULTILINE)) == DEFAULTS


def test_operations_describes_every_setting():
    page = read("docs/operations.md")
    assert docs.settings.tabulated(page) == page, "run `python -m docs.generate`"
    assert [codes(row[0])[0] for row in rows(section(page, "## Settings"))] == list(DEFAULTS)


def test_the_protocol_shows_the_defaults_of_settings():
    shown = section(read("docs/protocol.md"), "## Settings that a client can feel")
    for row in rows(shown):
        name, default = codes(row[0])[0], row[1].strip("`")
        assert default.removesuffix(" s").replace("none", "") == DEFAULTS[name], name


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=\w+)?`", read("docs/protocol.md"))))
)
def test_the_protocol_names_existing_settings(name):
    assert name in DEFAULTS
