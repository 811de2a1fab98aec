"""The pytest plug-in: the kit as a fixture, wherever this package is installed beside pytest."""

from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Keep the advice of Nameko's plug-in, where it is installed, from the tests of games."""
    # It says to patch sockets by eventlet, which a game has no use for.
    if config.rootpath != CHECKOUT and hasattr(config.option, "suppress_eventlet_notification"):
        config.option.suppress_eventlet_notification = True


@pytest.fixture(scope="session")
def assert_game_conforms() -> Callable[..., None]:
    """Play a game at random, and fail where it breaks the contract of a game."""
    import arbiter_games.testing  # not before a test asks for it

    return arbiter_games.testing.assert_game_conforms
