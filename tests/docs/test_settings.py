"""The settings in the documents are those of config.yaml, with their defaults."""

import re

import pytest

from tests.docs.pages import codes, read, rows, section

CONFIGURATION = re.sub(r"#.*", "", read("config.yaml"))
SETTINGS = dict(re.findall(r"\$\{(\w+)(?::([^}]*))?\}", CONFIGURATION))


def described(text: str) -> dict[str, str]:
    return {codes(row[0])[0]: row[1].strip("`") for row in rows(text)}


def test_operations_describes_every_setting_and_its_default():
    assert described(section(read("docs/operations.md"), "## Settings")) == SETTINGS


def test_settings_that_a_client_can_feel_have_their_defaults_in_the_protocol_too():
    shown = section(read("docs/protocol.md"), "## Settings that a client can feel")
    for name, default in described(shown).items():
        assert default.removesuffix(" s").replace("none", "") == SETTINGS[name], name


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=\w+)?`", read("docs/protocol.md"))))
)
def test_settings_that_the_protocol_names_are_settings(name):
    assert name in SETTINGS
