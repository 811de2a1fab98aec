"""Reads the settings of a process when it starts, and refuses all that are wrong, by name."""

import logging
import os
from collections.abc import Mapping
from typing import Any

from extensions.settings.combinations import violations
from extensions.settings.declaration import Settings, types_by_name
from extensions.settings.unknown_names import misspelt_variables, unknown_keys

_log = logging.getLogger(__name__)


class InvalidSettings(Exception):
    """Settings that a process cannot start with; the text has a line for each that is wrong."""


def load_settings(config: Mapping[str, Any], process: str = "") -> Settings:
    """Return the settings in a configuration; those that are left empty have their defaults.

    `process` is the service that starts, or `gateway`: each has settings that it needs. Raises
    InvalidSettings.
    """
    types, values, refused = types_by_name(), {}, set()
    wrong = unknown_keys(config, types)
    for name, kind in types.items():
        if config.get(name) in (None, ""):
            continue
        try:
            values[name.lower()] = kind.read(name, config[name])
        except ValueError as error:
            wrong.append(str(error))
            refused.add(name)
    loaded = Settings(**values)
    broken = violations(loaded, process)
    wrong += [sentence for name, sentence in broken if name not in refused]
    if wrong:
        raise InvalidSettings("\n".join(wrong))
    return loaded


def settings_from_environment(
    process: str, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Return the settings of a process that reads no file. Raises InvalidSettings."""
    names = types_by_name()
    given = {name: environment[name] for name in names if name in environment}
    return load_settings(given, process)


def warn_of_misspelt_variables(environment: Mapping[str, str] = os.environ) -> None:
    """Log a warning for each variable that resembles a setting, and so was meant for one."""
    for sentence in misspelt_variables(environment, types_by_name()):
        _log.warning("%s", sentence)
