"""JSON-RPC 2.0 on the WebSocket and on /rpc."""

import json

import pytest
import websocket

from gateway.protocol.registry import METHODS, Access
from tests.client import CODES, CheckedClient, check_error

# Who may call what, as it was published; those marked ws are there on the socket only.
ANYONE = {
    "server.info", "auth.register", "auth.login", "auth.refresh", "auth.authenticate",
    "auth.guest", "accounts.kinds", "accounts.leaderboard", "rooms.list", "sessions.connect",
    "sessions.disconnect",
    "sessions.get", "sessions.history", "sessions.initial_state", "sessions.list",
    "sessions.export",
}
SOCKET_ONLY = {"auth.authenticate", "sessions.connect", "sessions.disconnect"}


def request(method="server.info", **members):
    """The text of a request; members that are given as Ellipsis are left out."""
    whole = {"jsonrpc": "2.0", "id": 1, "method": method, **members}
    return json.dumps({name: value for name, value in whole.items() if value is not ...})


MALFORMED = [
    ("", "ParseError", None),
    ("{", "ParseError", None),
    ("nonsense", "ParseError", None),
    ('{"jsonrpc": "2.0", "id": NaN, "method": "server.info"}', "ParseError", None),
    ('{"jsonrpc": "2.0", "id": 1, "method": "server.info",}', "ParseError", None),
    ("[" * 50_000, "ParseError", None),
    ("[]", "InvalidRequest", None),
    (f"[{request()}]", "InvalidRequest", None),
    (f"[{request()}, {request()}]", "InvalidRequest", None),
    ("null", "InvalidRequest", None),
    ("true", "InvalidRequest", None),
    ('"server.info"', "InvalidRequest", None),
    ("7", "InvalidRequest", None),
    ("{}", "InvalidRequest", None),
    (request(id=...), "InvalidRequest", None),
    (request(id=None), "InvalidRequest", None),
    (request(id=True), "InvalidRequest", None),
    (request(id=[1]), "InvalidRequest", None),
    (request(id={"id": 1}), "InvalidRequest", None),
    ('{"jsonrpc": "2.0", "id": 1e999, "method": "server.info"}', "InvalidRequest", None),
    (request(jsonrpc=...), "InvalidRequest", 1),
    (request(jsonrpc="1.0"), "InvalidRequest", 1),
    (request(jsonrpc=2.0), "InvalidRequest", 1),
    (request(method=...), "InvalidRequest", 1),
    (request(method=None), "InvalidRequest", 1),
    (request(method=7), "InvalidRequest", 1),
    (request(method=["server.info"]), "InvalidRequest", 1),
    (request(params="x"), "InvalidRequest", 1),
    (request(params=7), "InvalidRequest", 1),
    (request(params=False), "InvalidRequest", 1),
    (request(params=""), "InvalidRequest", 1),
    (request(params=[]), "InvalidParams", 1),
    (request(params=["x"]), "InvalidParams", 1),
    (request("no.such.method"), "MethodNotFound", 1),
    (request("server.__class__"), "MethodNotFound", 1),
    (request(""), "MethodNotFound", 1),
    (request("\ud800" * 1000), "MethodNotFound", 1),
    (request("rpc.discover", params=[]), "MethodNotFound", 1),
]


@pytest.fixture
def raw(stack):
    """A WebSocket as it is: `send` a text, `recv` a text."""
    socket = websocket.create_connection(stack.url(), timeout=60)
    yield socket
    socket.close()


def fault(answer, kind, request_id, method=""):
    assert set(answer) == {"jsonrpc", "id", "error"} and answer["jsonrpc"] == "2.0"
    assert (answer["id"], answer["error"]["data"]["type"]) == (request_id, kind), answer
    assert answer["error"]["code"] == CODES[kind]
    check_error(method, answer["error"])


def test_a_message_that_is_no_request_is_refused(raw, post):
    for text, kind, request_id in MALFORMED:
        raw.send(text)
        fault(json.loads(raw.recv()), kind, request_id)
        status, answer = post(text)
        assert status == 200
        fault(answer, kind, request_id)
    raw.send(request())
    assert json.loads(raw.recv())["result"]["protocol"] == "1.0"


def test_bytes_that_are_no_text_are_no_json(post):
    for body in (b"\xff\xfe", b"\x00", b'{"jsonrpc": "2.0", "id": "\xff"}'):
        status, answer = post(body)
        assert status == 200
        fault(answer, "ParseError", None)


@pytest.mark.parametrize("request_id", ["", "x", "7", 0, -1, 1.5, 2**70, "é\u2028\0", "x" * 5000])
def test_an_answer_has_the_id_of_its_request(raw, post, request_id):
    text = request(id=request_id)
    raw.send(text)
    answers = [json.loads(raw.recv()), post(text)[1]]
    assert [answer["id"] for answer in answers] == [request_id] * 2
    assert [type(answer["id"]) for answer in answers] == [type(request_id)] * 2
    assert all(set(answer) == {"jsonrpc", "id", "result"} for answer in answers)


def test_params_may_be_left_out_or_null(raw):
    for params in (..., None, {}):
        raw.send(request(params=params))
        assert "result" in json.loads(raw.recv())


@pytest.mark.parametrize(
    ("method", "params", "paths"),
    [
        ("server.info", {"x": 1}, ["x"]),
        ("server.info", {"x": None}, ["x"]),
        ("rooms.list", {"limit": 0}, ["limit"]),
        ("rooms.list", {"limit": 101}, ["limit"]),
        ("rooms.list", {"limit": "5"}, ["limit"]),
        ("rooms.list", {"limit": True}, ["limit"]),
        ("rooms.list", {"limit": 1.5}, ["limit"]),
        ("rooms.list", {"game": 7, "after": 7}, ["game", "after"]),
        ("rooms.get", {}, ["room_id"]),
        ("rooms.get", {"room_id": None}, ["room_id"]),
        ("rooms.get", {"room_id": 7}, ["room_id"]),
        ("rooms.create", {"options": []}, ["options"]),
        ("rooms.create", {"options": {"rated": "yes"}}, ["options.rated"]),
        ("rooms.create", {"options": {"unheard_of": 1}}, ["options.unheard_of"]),
        ("rooms.create", {"seats": "2"}, ["seats"]),
        ("searcher.start", {"rating_range": -1}, ["rating_range"]),
        ("searcher.start", {"rating_range": "100"}, ["rating_range"]),
        ("sessions.list", {"status": "over"}, ["status"]),
        ("sessions.history", {"session_id": "x", "since": -1}, ["since"]),
        ("accounts.update", {"display_name": ""}, ["display_name"]),
        ("accounts.update", {"display_name": "x" * 51}, ["display_name"]),
        ("accounts.update", {"bio": "x" * 501, "login": "x"}, ["bio", "login"]),
        ("auth.change_password", {"password": "x", "new_password": "short"}, ["new_password"]),
    ],
)
def test_wrong_params_are_told_by_their_paths(player, method, params, paths):
    refusal = player().refused("InvalidParams", method, **params)
    assert [error["path"] for error in refusal.details["errors"]] == paths
    assert all(path in str(refusal) for path in paths)


def test_a_null_is_as_if_left_out(player):
    one = player()
    assert one.call("rooms.list", game=None, limit=None, after=None)["items"] is not None
    assert one.call("rooms.create", game=None, options=None, seats=None)["game"] == "dobutsu"
    nulls = {"clock": None, "rated": None}
    assert one.call("rooms.create", options=nulls)["options"] == {"clock": None, "rated": True}
    assert one.call("accounts.get", login=None)["login"] == one.login


@pytest.mark.parametrize("login", ["", "ab", "x" * 21, "a b", "ä" * 5, "abc\n", "abc\0", "a.b"])
def test_a_logins_form_is_checked_only_where_it_registers(player, connect, login):
    fresh = connect(CheckedClient)
    refusal = fresh.refused(
        "InvalidParams", "auth.register", login=login, password="long enough"
    )
    assert [error["path"] for error in refusal.details["errors"]] == ["login"]
    fresh.refused("InvalidCredentials", "auth.login", login=login, password="long enough")
    player().refused("AccountNotFound", "accounts.get", login=login)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129, "with a \0 in it"])
def test_a_passwords_form_is_checked_only_where_it_is_set(player, connect, password):
    one, fresh = player(), connect(CheckedClient)
    refusal = fresh.refused(
        "InvalidParams", "auth.register", login="fresh-login", password=password
    )
    assert [error["path"] for error in refusal.details["errors"]] == ["password"]
    fresh.refused("InvalidCredentials", "auth.login", login=one.login, password=password)
    one.refused("InvalidCredentials", "accounts.delete", password=password)


def test_ids_of_the_wrong_form_are_not_found(player):
    one = player()
    for wrong in ("", "\0", "é", "x" * 10_000, "' OR 1=1 --", "../..", "\ud800"):
        one.refused("RoomNotFound", "rooms.get", room_id=wrong)
        one.refused("RoomNotFound", "private_rooms.join", connection_key=wrong)
        one.refused("SessionNotFound", "sessions.get", session_id=wrong)
        one.refused("GameNotFound", "rooms.list", game=wrong)


def test_method_token_and_params_are_checked_in_this_order(raw, post):
    wrong = {"no": "such", "params": 1}
    bad_token = {"Authorization": "Bearer nonsense"}
    for method, kind in (("no.such", "MethodNotFound"), ("rooms.create", "Unauthenticated"),
                         ("server.info", "InvalidParams")):
        for params in (wrong, []):
            raw.send(request(method, params=params))
            fault(json.loads(raw.recv()), kind, 1, method)
    for method, kind in (("no.such", "MethodNotFound"), ("sessions.connect", "MethodNotFound"),
                         ("rooms.create", "InvalidToken"), ("server.info", "InvalidToken"),
                         ("auth.login", "InvalidParams")):
        fault(post(request(method, params=wrong), bad_token)[1], kind, 1, method)


def test_every_method_is_for_whom_it_was_published_for(connect, post):
    anonymous = connect(CheckedClient)
    for name, method in METHODS.items():
        assert (method.access is Access.ANYONE) == (name in ANYONE), name
        assert method.socket_only == (name in SOCKET_ONLY), name
        number = anonymous.ask(name, unheard_of=1)
        kind = anonymous.answer(number)["error"]["data"]["type"]
        assert kind == ("InvalidParams" if name in ANYONE else "Unauthenticated"), name
        over_http = post(request(name, params={"unheard_of": 1}))[1]["error"]["data"]["type"]
        assert over_http == ("MethodNotFound" if name in SOCKET_ONLY else kind), name


def test_the_server_tells_what_it_is(connect):
    info = connect(CheckedClient).call("server.info")
    assert info["protocol"] == "1.0"
    dobutsu = {"name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2}
    assert dobutsu in info["games"]


def test_requests_on_one_socket_are_all_answered_each_once(connect):
    client = connect(CheckedClient)
    questions = [client.ask("server.info") for _ in range(200)]
    assert all("result" in client.answer(number) for number in questions)
    assert client._answers == {}
