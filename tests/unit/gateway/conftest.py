"""Services that answer as told, real connections on fake sockets, and calls to the methods."""

import json
import time
from functools import partial
from types import SimpleNamespace
from unittest.mock import Mock, create_autospec

import eventlet
import pytest
from eventlet.event import Event
from eventlet.hubs import get_hub
from pydantic import TypeAdapter

import gateway.methods  # noqa: F401  enters the methods into their table
from accounts.service import AccountsService
from auth.exceptions import InvalidToken
from auth.service import AuthService
from gateway.broker.command_batcher import CommandBatcher
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.broker.games import Games
from gateway.broker.presence_reconciler import PresenceReconciler
from gateway.broker.turns import Turns
from gateway.clients import HttpClient, SocketClient
from gateway.connection.arrivals import Arrivals
from gateway.connection.connection import Connection
from gateway.connection.pings import Pings
from gateway.connection.websocket import WebSocket
from gateway.methods.call import HandlerCall
from gateway.methods.registration import Registration
from gateway.protocol import dispatch, registry
from gateway.protocol.rate_limits import Limits
from private_rooms.service import PrivateRoomsService
from rooms.service import RoomsService
from searcher.service import SearcherService
from sessions.service import SessionsService

SERVICES = {
    "accounts": AccountsService, "auth": AuthService, "private_rooms": PrivateRoomsService,
    "rooms": RoomsService, "searcher": SearcherService, "sessions": SessionsService,
}
DOBUTSU = {"name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2}
# Not in years: the hub, which all tests of a process share, waits for no time that is so far away.
EXPIRES_AT = time.time() // 1 + 86_400
GOOD, ENDED = {"ended": False, "guest": False}, {"ended": True, "guest": False}  # logins' states


class Refusal(Exception):
    """An error that a client was answered."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.error = error
        self.type = error["data"]["type"]


@pytest.fixture(scope="session")
def specs():
    """The services as they can be called: a call that a service does not take fails."""
    return {name: create_autospec(service, instance=True) for name, service in SERVICES.items()}


@pytest.fixture
def services(specs):
    """The services; each method answers what its test says. A token is a login and `-token`."""
    for each in specs.values():
        each.reset_mock(return_value=True, side_effect=True)
    specs["auth"].authenticate.side_effect = claims_of
    specs["auth"].login_states.side_effect = lambda logins: [GOOD for _ in logins]
    specs["sessions"].games.return_value = [DOBUTSU]
    return SimpleNamespace(**specs)


def claims_of(token):
    login, _, rest = token.rpartition("-")
    if not login or rest != "token":
        raise InvalidToken("The token cannot be used: the token is not one of ours")
    return {
        "login": login, "expires_at": EXPIRES_AT, "family": "family", "fingerprint": "fingerprint",
        "guest": False,
    }


class OneByOne:
    """What gathers requests of connections, which makes each by itself here."""

    def __init__(self, services):
        self._services = services

    def connect(self, request):
        names = "session_id", "connection_id", "gateway_id", "login", "since"
        return self._services.sessions.connect(*(request[name] for name in names))

    def authenticate(self, access_token):
        return self._services.auth.authenticate(access_token)

    def login_state(self, claims):
        known = claims["login"], claims["family"], claims["fingerprint"]
        [state] = self._services.auth.login_states([known])
        return state


class Subscriber:
    """The queue of one connection, and the routing keys that it is bound to."""

    def __init__(self):
        self.queue = SimpleNamespace(keys=set())
        self.closed = []

    def open(self, on_event, *keys):
        self.queue.keys.update(keys)
        return self.queue

    def bind(self, queue, *keys):
        queue.keys.update(keys)

    def unbind(self, queue, *keys):
        queue.keys.difference_update(keys)

    def close(self, queue):
        self.closed.append(queue)


def settle():
    """Let the other greenthreads run until they wait for something."""
    for _ in range(10):
        eventlet.sleep(0)


def in_hub(function):
    """Run a function where the hub runs what a socket brings: it fails if it waits."""
    done = Event()

    def run():
        try:
            done.send(function())
        except Exception as error:
            done.send_exception(error)

    get_hub().schedule_call_global(0, run)
    return done.wait()


@pytest.fixture
def arrivals():
    return Arrivals()


@pytest.fixture
def connect(services, arrivals):
    """Makes connections, of a player or of nobody, whose clients read everything."""

    def connect(login=None, socket=None):
        if socket is None:
            socket = create_autospec(WebSocket, instance=True, round_trip=None)
            socket.send.return_value = None
        check_login = Mock()
        connection = Connection(
            socket, "10.0.0.1", gateway_id="gateway", pings=Pings(20.0), services=services,
            batched_calls=OneByOne(services),
            subscriber=Subscriber(), arrivals=arrivals,
            reconciler=create_autospec(PresenceReconciler, instance=True),
            notifier=create_autospec(DisconnectNotifier, instance=True),
            on_player=Mock(), check_login=check_login, anonymous_timeout=300.0,
        )
        connection.subscriptions._reconciler.is_full.return_value = False
        connection.socket, connection.check_login = socket, check_login
        if login is not None:
            connection.identity.authenticate(f"{login}-token")
        return connection

    return connect


def told(connection):
    """The events that the client of a connection was sent, each with its params."""
    settle()
    texts = [text for call in connection.socket.send.call_args_list for text in call.args[0]]
    messages = [json.loads(text) for text in texts]
    return [(each["method"], each["params"]) for each in messages]


@pytest.fixture
def limits():
    return Limits(enabled=False)


@pytest.fixture
def collaborators(services, limits):
    """What handlers work with; a test may put something else in place."""
    return {
        "services": services, "games": Games(services.sessions, {}), "limits": limits,
        "commands": create_autospec(CommandBatcher, instance=True),
        "registration": Registration(services.auth, services.accounts, limits, rpc_timeout=0.0),
        "turns": Turns(5.0),
    }


@pytest.fixture
def receive(services, collaborators):
    """Receives a message on a connection, or one that came by HTTP with a token."""

    def receive(message, token=None, connection=None, address="10.0.0.1"):
        make_call, counted = partial(HandlerCall, **collaborators), collaborators["limits"]
        if connection is not None:
            client = SocketClient(connection, counted, make_call)
        else:
            client = HttpClient(address, token, services.auth, counted, make_call)
        return dispatch.Served(message, client)

    return receive


@pytest.fixture
def serve(receive, connect):
    """Serves a message of alice's where it is read: a list which the answer is put in later."""
    alice = connect("alice")

    def serve(message):
        answers = []
        request = receive(message, connection=alice)
        assert not request.waits
        in_hub(partial(request.serve, answers.append))
        return answers

    return serve


@pytest.fixture
def answer(receive):
    """Answers a message on a connection, or one that came by HTTP with a token."""

    def answer(*args, **kwargs):
        answers = []
        receive(*args, **kwargs).serve(answers.append)
        [answered] = answers
        return answered

    return answer


@pytest.fixture
def post(answer):
    """Answers a message that came by HTTP, as it is sent to the client."""
    return lambda message, token=None: json.loads(answer(message, token).text)


@pytest.fixture
def call(answer):
    """Calls a method, as a player or nobody; checks the type of the result and returns it."""

    def call(method, caller=None, /, connection=None, **params):
        message = json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
        token = f"{caller}-token" if caller else None
        answered = json.loads(answer(message, token, connection).text)
        assert (answered["jsonrpc"], answered["id"]) == ("2.0", 7)
        if "error" in answered:
            raise Refusal(answered["error"])
        TypeAdapter(registry.METHODS[method].result).validate_python(answered["result"])
        return answered["result"]

    return call


@pytest.fixture
def refused(call):
    """Calls a method that refuses, and returns the `data.type` of the error."""

    def refused(method, caller=None, /, **params):
        with pytest.raises(Refusal) as caught:
            call(method, caller, **params)
        return caught.value.type

    return refused
