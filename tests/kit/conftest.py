"""The fixture of the kit, also where this project is not installed."""

from conformance.plugin import assert_game_conforms  # noqa: F401
