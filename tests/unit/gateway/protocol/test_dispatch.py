"""From a message to its answer: the order of checks, the answers, and the log of requests."""

import json
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import eventlet
import pytest

from auth.exceptions import InvalidCredentials
from extensions import request_id
from extensions.observability.sampling import Sampler
from gateway.broker.turns import MAX_AT_ONCE
from gateway.protocol import dispatch
from gateway.protocol.errors import Unavailable
from gateway.protocol.registry import METHODS, Access
from tests.unit.gateway.conftest import settle

SOCKET_ONLY = sorted(name for name, method in METHODS.items() if method.socket_only)
WITHOUT_TOKEN = sorted(name for name, method in METHODS.items() if method.ignores_token)
PLAYER = sorted(name for name, method in METHODS.items() if method.access is Access.PLAYER)
SESSION_ID = "0123456789abcdef01234567"
SEEKER = {"rating": 1500.0, "ratings": {}, "blocks": [], "kind": "player"}
INFO = '{"jsonrpc":"2.0","id":1,"method":"server.info"}'


def request(method, params=None, rpc_id=1):
    return json.dumps({"jsonrpc": "2.0", "id": rpc_id, "method": method, "params": params})


@pytest.fixture
def error_type(post):
    """Sends a request by HTTP: the `data.type` of the error."""
    return lambda *args, token=None: post(request(*args), token)["error"]["data"]["type"]


class TestOrderOfChecks:
    """Of several errors, the first in this order is answered: method, token, player, params."""

    @pytest.mark.parametrize("token", [None, "", "nonsense"])
    @pytest.mark.parametrize("params", [None, [], {"surprise": 1}])
    def test_unknown_method_comes_first(self, error_type, token, params):
        assert error_type("rooms.burn", params, token=token) == "MethodNotFound"

    @pytest.mark.parametrize("name", SOCKET_ONLY)
    @pytest.mark.parametrize("token", [None, "nonsense", "alice-token"])
    def test_socket_only_method_is_unknown_by_http(self, error_type, name, token):
        assert error_type(name, {"surprise": 1}, token=token) == "MethodNotFound"

    @pytest.mark.parametrize("name", PLAYER)
    @pytest.mark.parametrize("params", [None, [], {"surprise": 1}])
    def test_missing_player_comes_before_params(self, error_type, name, params):
        assert error_type(name, params) == "Unauthenticated"

    @pytest.mark.parametrize("name", sorted(set(METHODS) - set(SOCKET_ONLY) - set(WITHOUT_TOKEN)))
    @pytest.mark.parametrize("token", ["", "nonsense"])
    def test_invalid_token_is_refused_also_where_anyone_may_call(self, error_type, name, token):
        assert error_type(name, {"surprise": 1}, token=token) == "InvalidToken"

    @pytest.mark.parametrize("name", WITHOUT_TOKEN)
    @pytest.mark.parametrize("token", ["", "nonsense"])
    def test_invalid_token_is_ignored_where_one_is_obtained(self, error_type, name, token):
        assert error_type(name, {"surprise": 1}, token=token) == "InvalidParams"

    @pytest.mark.parametrize("name", sorted(set(METHODS) - set(SOCKET_ONLY)))
    @pytest.mark.parametrize("params", [[], [1], {"surprise": 1}])
    def test_params_come_last(self, error_type, name, params):
        assert error_type(name, params, token="alice-token") == "InvalidParams"

    def test_no_service_is_called_before_the_checks(self, error_type, services):
        for name in METHODS:
            error_type(name, {"surprise": 1}, token="alice-token")
        for service in vars(services).values():
            asked = [call for call in service.method_calls if call[0] != "authenticate"]
            assert asked == []


class TestAnswers:
    def test_array_params_are_refused_with_an_empty_path(self, post):
        error = post(request("server.info", []))["error"]
        [fault] = error["data"]["errors"]
        assert (error["code"], fault["path"]) == (-32602, "")

    def test_invalid_param_is_refused_with_its_path(self, post):
        error = post(request("rooms.list", {"limit": 0}))["error"]
        assert [fault["path"] for fault in error["data"]["errors"]] == ["limit"]
        assert error["message"].startswith("limit: ")

    @pytest.mark.parametrize("name", ["", "x" * 50_000, "\ud800", "rpc.discover", "server", "__"])
    def test_name_of_an_unknown_method_is_shortened(self, post, name):
        answer = post(request(name))
        assert answer["error"]["code"] == -32601
        assert len(answer["error"]["message"]) < 1000

    @pytest.mark.parametrize("message", [b"\xff", "{", "[]", "null", '{"jsonrpc":"2.0"}'])
    def test_invalid_request_is_answered_with_a_null_id(self, post, message):
        answer = post(message)
        assert answer["id"] is None
        assert answer["error"]["code"] in (-32700, -32600)

    def test_internal_error_is_answered_with_the_id_alone(self, post, services, caplog):
        services.sessions.get.side_effect = RuntimeError("secret")
        answer = post(request("sessions.get", {"session_id": "s"}, rpc_id="mine"))
        assert (answer["id"], answer["error"]["code"]) == ("mine", -32603)
        assert "secret" not in json.dumps(answer)
        assert "secret" in caplog.text

    def test_result_outside_json_is_an_internal_error(self, post, services):
        services.sessions.get.return_value = {"state": float("nan")}
        answer = post(request("sessions.get", {"session_id": "s"}))
        assert answer["error"]["data"] == {"type": "InternalError"}

    def test_actions_after_the_answer_follow_a_result_only(self, answer, monkeypatch):
        info = METHODS["server.info"]

        def succeeding(call, given):
            call.after_answer.append(lambda: None)
            return info.handler(call, given)

        def failing(call, given):
            succeeding(call, given)
            raise RuntimeError("no")

        for handler, actions in [(succeeding, 1), (failing, 0)]:
            monkeypatch.setitem(METHODS, "server.info", replace(info, handler=handler))
            assert len(answer(INFO).after_answer) == actions


class TestLog:
    def test_each_request_has_an_id_of_its_own(self, post, services):
        seen = []
        services.sessions.get.side_effect = lambda *_: seen.append(request_id.current())
        for _ in range(2):
            post(request("sessions.get", {"session_id": "s"}))
        one, other = seen
        assert one and other and one != other

    def test_request_is_logged_with_its_caller_and_outcome(self, call, lines, services, connect):
        services.rooms.leave.return_value = None
        connection = connect("alice")
        call("rooms.leave", connection=connection, room_id="r1")
        [line] = lines()
        assert line.pop("ms") >= 0
        assert line == {
            "level": "INFO", "message": "request", "request_id": None, "method": "rooms.leave",
            "outcome": "ok", "login": "alice", "connection": connection.id,
        }

    def test_no_parameter_of_a_refused_request_is_logged(self, refused, services, lines):
        services.auth.login.side_effect = InvalidCredentials("somebody, a wrong password")
        refused("auth.login", login="somebody", password="a wrong password")
        [line] = lines()
        assert (line["method"], line["outcome"]) == ("auth.login", "InvalidCredentials")
        assert line["login"] is None and "a wrong" not in str(line)

    def test_refusals_that_anybody_can_cause_are_logged_rarely(self, post, lines, monkeypatch):
        sampler = Sampler(dispatch.LOG_INTERVAL_SECONDS, clock=lambda: 1000.0)
        monkeypatch.setattr(dispatch, "_refusals", {"ParseError": sampler})
        for _ in range(10):
            post("nonsense")
        assert len(lines()) == 1

    @pytest.mark.parametrize("message", ["nonsense", request("no such")])
    def test_invalid_request_is_logged_without_its_content(self, post, lines, message, monkeypatch):
        monkeypatch.setattr(dispatch, "_refusals", {})
        post(message)
        [line] = lines()
        assert line["method"] == "" and line["outcome"] in ("ParseError", "MethodNotFound")

    def test_login_by_http_is_logged(self, post, lines):
        post(INFO, "alice-token")
        [line] = lines()
        assert (line["login"], line["connection"]) == ("alice", None)


class TestTurns:
    """A request that may wait is served in the turn of its address."""

    @pytest.fixture
    def turns(self, collaborators, monkeypatch):
        taken = []

        @contextmanager
        def turn(method, address):
            taken.append((method, address))
            yield

        monkeypatch.setattr(collaborators["turns"], "turn", turn)
        return taken

    def test_request_takes_the_turn_of_its_address(self, post, turns, services):
        services.rooms.list.return_value = {"items": [], "next": None}
        post(request("rooms.list"))
        assert turns == [("rooms.list", "10.0.0.1")]

    def test_command_takes_no_turn(self, serve, turns):
        serve(request("sessions.execute", {"session_id": "x", "command": {}, "command_id": "c"}))
        assert turns == []

    @pytest.mark.parametrize(
        ("arriving", "params"),
        [(("sessions.disconnect", "sessions.connect"), {"session_id": SESSION_ID}),
         (("searcher.stop", "searcher.start", "searcher.stop"), {})],
    )
    def test_order_of_arrival_is_kept_while_turns_are_awaited(
        self, answer, connect, collaborators, services, arriving, params
    ):
        connection, served = connect("alice"), []

        def note(method):
            def refuse(*_, **__):
                served.append(method)
                raise Unavailable

            return refuse

        for name in arriving:
            service, method = name.split(".")
            getattr(getattr(services, service), method).side_effect = note(name)
        services.accounts.seeker.return_value = SEEKER
        services.sessions.games.return_value = [{"name": "dobutsu", "min_players": 2}]
        with ExitStack() as others:
            for _ in range(MAX_AT_ONCE):
                others.enter_context(
                    collaborators["turns"].turn(f"{arriving[0].split('.')[0]}.list", "another")
                )
            serving = [
                eventlet.spawn(answer, request(method, params), connection=connection)
                for method in arriving
            ]
            settle()
            assert served == []
        for each in serving:
            each.wait()
        assert served == [*arriving]
