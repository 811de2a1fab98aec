"""Run the tests: `python -m tests [arguments of pytest]`."""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet

eventlet.monkey_patch()  # before pytest or anything else imports what it patches

import sys

import pytest

sys.exit(pytest.main(sys.argv[1:]))
