"""The auth service does not start without a secret, and says what to do."""

from types import SimpleNamespace

import pytest
from nameko.exceptions import ConfigurationError

from auth.dependencies import SigningKeys

SECRET = "a secret of the tests, and long enough"


def signing_keys(**config):
    provider = SigningKeys()
    provider.container = SimpleNamespace(config=config)
    provider.setup()
    return provider.get_dependency(None)


@pytest.mark.parametrize("config", [{}, {"TOKEN_SECRET": None}, {"TOKEN_SECRET": "short"}], ids=str)
def test_without_a_secret_there_is_no_start(config):
    with pytest.raises(ConfigurationError, match="TOKEN_SECRET must be set"):
        signing_keys(**config)


def test_the_previous_secret_may_be_left_out():
    keys = signing_keys(TOKEN_SECRET=SECRET, TOKEN_SECRET_PREVIOUS=None)
    assert list(keys.by_id.values()) == [SECRET]


def test_the_previous_secret_is_still_believed():
    keys = signing_keys(TOKEN_SECRET=SECRET, TOKEN_SECRET_PREVIOUS=SECRET[::-1])
    assert keys.signing == SECRET
    assert set(keys.by_id.values()) == {SECRET, SECRET[::-1]}
