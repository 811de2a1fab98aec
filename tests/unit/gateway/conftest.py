"""The vocabulary of the gateway's tests: services that answer as told, and calls to the table."""

import json
from types import SimpleNamespace
from unittest.mock import create_autospec

import pytest
from pydantic import TypeAdapter

import gateway.methods  # noqa: F401  fills the table of methods
from accounts.service import AccountsService
from auth.exceptions import InvalidToken
from auth.service import AuthService
from gateway.broker.resync import Resync
from gateway.protocol import dispatch, registry
from gateway.protocol.limits import Limits
from private_rooms.service import PrivateRoomsService
from rooms.service import RoomsService
from searcher.service import SearcherService
from sessions.exceptions import GameNotFound
from sessions.service import SessionsService

SERVICES = {
    "accounts": AccountsService, "auth": AuthService, "private_rooms": PrivateRoomsService,
    "rooms": RoomsService, "searcher": SearcherService, "sessions": SessionsService,
}


class Games:
    """The games of this server: dobutsu."""

    def all(self):
        return [{"name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2}]

    def names(self):
        return ["dobutsu"]

    def require(self, name):
        if name not in (None, "dobutsu"):
            raise GameNotFound.of(f"There is no game {name}", game=name)


class Refusal(Exception):
    """An error that a client was answered, as it was."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.error = error
        self.type = error["data"]["type"]


@pytest.fixture(scope="session")
def specs():
    """The services as their methods can be called: a call that none of them takes fails."""
    return {name: create_autospec(service, instance=True) for name, service in SERVICES.items()}


@pytest.fixture
def services(specs):
    """The services; each method answers what its test says. A token is a login and `-token`."""
    for each in specs.values():
        each.reset_mock(return_value=True, side_effect=True)
    specs["auth"].authenticate.side_effect = identify
    return SimpleNamespace(**specs)


def identify(token):
    login, _, rest = token.rpartition("-")
    if not login or rest != "token":
        raise InvalidToken("The token cannot be used: the token is not one of ours")
    return {
        "login": login, "expires_at": 1_700_000_900.0, "family": "family", "fingerprint": "print"
    }


@pytest.fixture
def fake_gateway(services):
    return SimpleNamespace(
        services=services, games=Games(), limits=Limits(enabled=False), rpc_timeout=0.0,
        catching_up=create_autospec(Resync, instance=True),
    )


@pytest.fixture
def post(fake_gateway):
    """Answers a message that came by /rpc, as it goes to the client."""

    def post(message, token=None):
        answered, _ = dispatch.answer(fake_gateway, message, token=token)
        return json.loads(answered.text)

    return post


@pytest.fixture
def call(fake_gateway):
    """Calls a method, as a player or nobody: its result, which must be of the table's type."""

    def call(method, caller=None, /, connection=None, **params):
        message = json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
        token = f"{caller}-token" if caller else None
        answered, _ = dispatch.answer(fake_gateway, message, connection, token)
        answer = json.loads(answered.text)
        assert (answer["jsonrpc"], answer["id"]) == ("2.0", 7)
        if "error" in answer:
            raise Refusal(answer["error"])
        TypeAdapter(registry.METHODS[method].result).validate_python(answer["result"])
        return answer["result"]

    return call


@pytest.fixture
def refused(call):
    """Calls a method that refuses: the `data.type` of the error."""

    def refused(method, caller=None, /, **params):
        with pytest.raises(Refusal) as caught:
            call(method, caller, **params)
        return caught.value.type

    return refused
