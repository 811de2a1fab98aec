"""Cursors that no list has given are InvalidParams, whatever is sent, in every method with one."""

import base64
import json
import secrets

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from client import Refused
from extensions.pagination import CHECKSUM_BYTES, _checksum, _encode
from gateway.protocol.registry import METHODS

LOGIN = f"forger-{secrets.token_hex(4)}"
LISTS = {
    "accounts.blocked": "blocked",
    "accounts.following": "following",
    "accounts.leaderboard": "classical leaderboard of dobutsu",
    "accounts.rating_history": f"rating history of {LOGIN} at classical dobutsu",
    "accounts.online": "online",
    "rooms.challenges": "challenges",
    "rooms.list": "rooms",
    "sessions.list": "sessions",
}
DEEP = b"[" * 30_000
json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=2),
    max_leaves=8,
)
positions = json_values.map(lambda value: json.dumps(value).encode()) | some.binary()
cursors = some.text() | some.binary().map(_encode)


def forge(list_name, position):
    """Return what passes for a cursor of the list, with this text in place of a position."""
    return _encode(_checksum(list_name, position) + position)


@pytest.fixture(scope="module")
def token(running_stack):
    params = {"login": LOGIN, "password": secrets.token_hex(8)}
    request = {"jsonrpc": "2.0", "id": 1, "method": "auth.register", "params": params}
    _, text = running_stack.request("POST", "/rpc", json.dumps(request))
    return json.loads(text)["result"]["access_token"]


@pytest.fixture
def refusal(rpc, token):
    """Asks for a page behind a cursor: the type of the refusal, or None for a page."""

    def ask(method, after):
        try:
            rpc(method, token, after=after)
        except Refused as refusal:
            return refusal.type
        return None

    return ask


def test_each_method_with_a_cursor_is_tried():
    with_cursor = {name for name, each in METHODS.items() if "after" in each.params.model_fields}
    assert with_cursor == set(LISTS)


@pytest.mark.parametrize("method", LISTS)
def test_a_wild_string_is_no_cursor(refusal, method):
    @settings(max_examples=15)
    @given(after=cursors)
    def ask(after):
        assert refusal(method, after) == "InvalidParams"

    ask()


@pytest.mark.parametrize("method", LISTS)
def test_a_forged_cursor_is_a_position_or_refused(refusal, method):
    @settings(max_examples=30)
    @given(position=positions)
    @example(DEEP)
    @example(b"x")
    @example(b'["a","a"]')
    @example(b'[1,"\\u0000"]')
    @example(b'["\\ud800"]')
    @example(b"[99999999999999999999]")
    @example(b'[1e999,"a"]')
    def ask(position):
        assert refusal(method, forge(LISTS[method], position)) in ("InvalidParams", None)

    ask()


def test_the_forgery_is_one_that_passes_the_checksum(refusal):
    cursor = forge("rooms", b'[1.0,"a"]')
    assert len(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))) > CHECKSUM_BYTES
    assert refusal("rooms.list", cursor) is None
