"""The table of methods: every row is complete, and as the document of the protocol has it."""

import pytest
from pydantic import TypeAdapter

from gateway.protocol.errors import CODES
from gateway.protocol.params import Params
from gateway.protocol.registry import METHODS, Access
from sessions.exceptions import InvalidOptions

# The methods as docs/protocol.md has them.
ANYONE = {
    "server.info", "auth.register", "auth.guest", "auth.login", "auth.refresh",
    "auth.authenticate",
    "accounts.leaderboard", "accounts.kinds",
    "rooms.list", "sessions.connect", "sessions.disconnect",
    "sessions.get", "sessions.history", "sessions.initial_state", "sessions.list",
    "sessions.export",
}
PLAYER = {
    "auth.claim", "auth.change_password", "auth.logout",
    "accounts.get", "accounts.update", "accounts.delete",
    "accounts.rating_history", "accounts.become_bot",
    "accounts.relation", "accounts.follow", "accounts.unfollow",
    "accounts.following", "accounts.block", "accounts.unblock", "accounts.blocked",
    "accounts.online", "accounts.recent",
    "rooms.create", "rooms.get", "rooms.join", "rooms.leave", "rooms.close",
    "rooms.challenge", "rooms.challenges", "rooms.accept", "rooms.decline",
    "private_rooms.create", "private_rooms.join", "private_rooms.leave", "private_rooms.close",
    "searcher.start", "searcher.stop", "searcher.status", "searcher.window", "searcher.accept",
    "sessions.execute", "sessions.rematch",
}
SOCKET_ONLY = {"auth.authenticate", "sessions.connect", "sessions.disconnect"}
WITHOUT_TOKEN = {"auth.register", "auth.guest", "auth.login", "auth.refresh"}
PARAMS = {
    "server.info": "", "auth.register": "login password", "auth.login": "login password",
    "auth.guest": "login?", "auth.claim": "password",
    "auth.refresh": "refresh_token", "auth.authenticate": "access_token",
    "auth.change_password": "password new_password", "auth.logout": "refresh_token?",
    "accounts.get": "login?", "accounts.update": "display_name? bio?",
    "accounts.become_bot": "", "accounts.delete": "password",
    "accounts.kinds": "logins", "accounts.leaderboard": "game? speed? limit? after?",
    "accounts.rating_history": "login? game? speed? limit? after?", "accounts.relation": "login",
    "accounts.follow": "login", "accounts.unfollow": "login", "accounts.block": "login",
    "accounts.unblock": "login", "accounts.following": "limit? after?",
    "accounts.blocked": "limit? after?", "accounts.online": "kind? limit? after?",
    "accounts.recent": "",
    "rooms.create": "game? options? seats?", "rooms.list": "game? limit? after?",
    "rooms.get": "room_id", "rooms.join": "room_id", "rooms.leave": "room_id",
    "rooms.close": "room_id", "rooms.challenge": "login others? game? options? side?",
    "rooms.challenges": "limit? after?", "rooms.accept": "room_id",
    "rooms.decline": "room_id reason?", "private_rooms.create": "game? options? seats?",
    "private_rooms.join": "connection_key", "private_rooms.leave": "connection_key",
    "private_rooms.close": "connection_key",
    "searcher.start": "game? options? rating_range? seats?",
    "searcher.stop": "", "searcher.status": "", "searcher.window": "",
    "searcher.accept": "proposal_id",
    "sessions.connect": "session_id since?", "sessions.disconnect": "session_id",
    "sessions.execute": "session_id command command_id version?", "sessions.get": "session_id",
    "sessions.history": "session_id since? limit? notation?",
    "sessions.initial_state": "session_id",
    "sessions.list": "login? game? status? limit? after?", "sessions.rematch": "session_id",
    "sessions.export": "session_id",
}

BY_NAME = sorted(METHODS)


def test_methods_are_those_of_the_protocol():
    assert set(METHODS) == ANYONE | PLAYER == set(PARAMS)


@pytest.mark.parametrize("name", BY_NAME)
def test_access_is_as_documented(name):
    method = METHODS[name]
    assert method.access is (Access.ANYONE if name in ANYONE else Access.PLAYER)
    assert method.socket_only is (name in SOCKET_ONLY)
    assert method.ignores_token is (name in WITHOUT_TOKEN)


@pytest.mark.parametrize("name", BY_NAME)
def test_params_are_as_documented(name):
    fields = METHODS[name].params.model_fields
    shown = [field if each.is_required() else f"{field}?" for field, each in fields.items()]
    assert " ".join(shown) == PARAMS[name]


@pytest.mark.parametrize("name", BY_NAME)
def test_method_has_a_summary(name):
    method = METHODS[name]
    assert method.name == name
    assert method.summary.partition("\n")[0].endswith((".", ","))
    assert issubclass(method.params, Params)


@pytest.mark.parametrize("name", BY_NAME)
def test_result_type_can_be_described(name):
    assert TypeAdapter(METHODS[name].result).json_schema()


def test_commands_are_answered_without_waiting():
    assert [name for name in BY_NAME if METHODS[name].is_deferred] == ["sessions.execute"]


@pytest.mark.parametrize("name", BY_NAME)
def test_errors_have_codes_and_are_distinct(name):
    errors = METHODS[name].errors
    assert set(errors) - {InvalidOptions} <= set(CODES)
    assert len(set(errors)) == len(errors)
