"""What this server calls itself."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

NAME = "Arbiter"
PROTOCOL: Final = "1.0"

try:
    VERSION = version("arbiter")
except PackageNotFoundError:  # run from a checkout that has not been installed
    VERSION = "0"
