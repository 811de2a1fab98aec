"""What pytest is given wherever this project is installed: the kit, as a fixture."""

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent


def pytest_configure(config):
    # Nameko's own plug-in, which comes along, advises patching sockets. A game has none.
    if config.rootpath != HERE and hasattr(config.option, "suppress_eventlet_notification"):
        config.option.suppress_eventlet_notification = True


@pytest.fixture(scope="session")
def assert_game_conforms():
    """Plays a game at random and fails where it breaks the contract of a game."""
    import arbiter_games.testing  # not before a test asks for it

    return arbiter_games.testing.assert_game_conforms
