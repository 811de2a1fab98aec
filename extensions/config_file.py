"""The configuration file, read as `nameko run` reads it."""

import warnings
from typing import Any

import yaml

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    from nameko.cli.main import setup_yaml_parser


def read(path: str) -> dict[str, Any]:
    """Return what a file says, with the environment's values where it names variables."""
    setup_yaml_parser()
    with open(path) as file:
        config: dict[str, Any] = yaml.safe_load(file)
    return config
