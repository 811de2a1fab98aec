"""The secrets that the auth service signs and verifies by."""

from auth.dependencies import SigningKeys
from extensions.settings import Settings
from tests.unit.fakes import Container

SECRET = "a secret of the tests, and long enough"


def signing_keys(**settings):
    container = Container(Settings(**settings), "auth")
    provider = SigningKeys().bind(container, "keys")
    provider.setup()
    return provider.get_dependency(None)


def test_the_previous_secret_may_be_left_out():
    keys = signing_keys(token_secret=SECRET)
    assert list(keys.by_id.values()) == [SECRET]


def test_the_previous_secret_is_still_believed():
    keys = signing_keys(token_secret=SECRET, token_secret_previous=SECRET[::-1])
    assert keys.signing == SECRET
    assert set(keys.by_id.values()) == {SECRET, SECRET[::-1]}
