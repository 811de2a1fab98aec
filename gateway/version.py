"""What this server calls itself."""

from importlib.metadata import PackageNotFoundError, version

NAME = "Arbiter"
PROTOCOL = "1.0"

try:
    VERSION = version("arbiter")
except PackageNotFoundError:  # run from a checkout that has not been installed
    VERSION = "0"
