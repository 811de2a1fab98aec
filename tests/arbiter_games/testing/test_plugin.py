"""What pytest is given by the plug-in."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import arbiter_games.testing
from arbiter_games.testing import plugin

ROOT = Path(__file__).resolve().parent.parent.parent.parent


@pytest.mark.parametrize(("root", "suppressed"), [(Path("/elsewhere"), True), (ROOT, False)])
def test_namekos_advice_is_kept_from_tests_of_games(root, suppressed):
    options = SimpleNamespace(suppress_eventlet_notification=False)
    plugin.pytest_configure(SimpleNamespace(rootpath=root, option=options))
    assert options.suppress_eventlet_notification is suppressed


def test_without_nameko_there_is_nothing_to_keep():
    options = SimpleNamespace()
    plugin.pytest_configure(SimpleNamespace(rootpath=Path("/elsewhere"), option=options))
    assert not vars(options)


def test_the_fixture_is_the_function(assert_game_conforms):
    assert assert_game_conforms is arbiter_games.testing.assert_game_conforms
