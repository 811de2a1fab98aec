"""The table of methods: what it says of each is whole, and checks come in the agreed order."""

import json

import pytest
from pydantic import TypeAdapter

from gateway.protocol import dispatch, registry
from gateway.protocol.errors import CODES
from gateway.protocol.params import Params
from gateway.protocol.registry import METHODS, Access
from sessions.exceptions import InvalidOptions

# The page that clients are written against.
ANYONE = {
    "server.info", "auth.register", "auth.login", "auth.refresh", "auth.authenticate",
    "accounts.leaderboard", "rooms.list", "sessions.connect", "sessions.disconnect",
    "sessions.get", "sessions.history", "sessions.initial_state", "sessions.list",
    "sessions.export",
}
PLAYER = {
    "auth.change_password", "auth.logout", "accounts.get", "accounts.update", "accounts.delete",
    "accounts.rating_history",
    "rooms.create", "rooms.get", "rooms.join", "rooms.leave", "rooms.close",
    "private_rooms.create", "private_rooms.join", "private_rooms.leave", "private_rooms.close",
    "searcher.start", "searcher.stop", "searcher.status", "searcher.window", "searcher.accept",
    "sessions.execute", "sessions.rematch",
}
SOCKET_ONLY = {"auth.authenticate", "sessions.connect", "sessions.disconnect"}
WITHOUT_TOKEN = {"auth.register", "auth.login", "auth.refresh"}
PARAMS = {
    "server.info": "", "auth.register": "login password", "auth.login": "login password",
    "auth.refresh": "refresh_token", "auth.authenticate": "access_token",
    "auth.change_password": "password new_password", "auth.logout": "refresh_token?",
    "accounts.get": "login?", "accounts.update": "display_name? bio?",
    "accounts.delete": "password", "accounts.leaderboard": "game? limit? after?",
    "accounts.rating_history": "login? game? limit? after?",
    "rooms.create": "game? options? seats?", "rooms.list": "game? limit? after?",
    "rooms.get": "room_id", "rooms.join": "room_id", "rooms.leave": "room_id",
    "rooms.close": "room_id", "private_rooms.create": "game? options? seats?",
    "private_rooms.join": "connection_key", "private_rooms.leave": "connection_key",
    "private_rooms.close": "connection_key", "searcher.start": "game? options? rating_range?",
    "searcher.stop": "", "searcher.status": "", "searcher.window": "",
    "searcher.accept": "proposal_id",
    "sessions.connect": "session_id since?", "sessions.disconnect": "session_id",
    "sessions.execute": "session_id command command_id version?", "sessions.get": "session_id",
    "sessions.history": "session_id since?", "sessions.initial_state": "session_id",
    "sessions.list": "login? game? status? limit? after?", "sessions.rematch": "session_id",
    "sessions.export": "session_id",
}

BY_NAME = sorted(METHODS)


@pytest.fixture
def post_request(post):
    """Answers a request by /rpc that is right but for what is said: the type of the error."""

    def post_request(method, params=None, token=None):
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return post(json.dumps(message), token)["error"]["data"]["type"]

    return post_request


class TestRows:
    def test_every_method_of_the_page_is_there_and_no_other(self):
        assert set(METHODS) == ANYONE | PLAYER == set(PARAMS)

    @pytest.mark.parametrize("name", BY_NAME)
    def test_who_may_call_it_and_where_is_as_the_page_says(self, name):
        method = METHODS[name]
        assert method.who is (Access.ANYONE if name in ANYONE else Access.PLAYER)
        assert method.socket_only is (name in SOCKET_ONLY)
        assert method.ignores_token is (name in WITHOUT_TOKEN)

    @pytest.mark.parametrize("name", BY_NAME)
    def test_its_params_are_those_of_the_page(self, name):
        fields = METHODS[name].params.model_fields
        shown = [field if each.is_required() else f"{field}?" for field, each in fields.items()]
        assert " ".join(shown) == PARAMS[name]

    @pytest.mark.parametrize("name", BY_NAME)
    def test_it_is_documented(self, name):
        method = METHODS[name]
        assert method.name == name
        assert method.summary.partition("\n")[0].endswith((".", ","))
        assert issubclass(method.params, Params)

    @pytest.mark.parametrize("name", BY_NAME)
    def test_its_result_has_a_type_that_can_be_described(self, name):
        assert TypeAdapter(METHODS[name].result).json_schema()

    @pytest.mark.parametrize("name", BY_NAME)
    def test_each_of_its_errors_has_a_code(self, name):
        errors = METHODS[name].errors
        assert set(errors) - {InvalidOptions} <= set(CODES)
        assert len(set(errors)) == len(errors)


class TestOrderOfChecks:
    """Of several things wrong, the first in this order is told: method, token, params."""

    @pytest.mark.parametrize("token", [None, "", "nonsense"])
    @pytest.mark.parametrize("params", [None, [], {"surprise": 1}])
    def test_an_unknown_method_comes_first(self, post_request, token, params):
        assert post_request("rooms.burn", params, token) == "MethodNotFound"

    @pytest.mark.parametrize("name", sorted(SOCKET_ONLY))
    @pytest.mark.parametrize("token", [None, "nonsense", "alice-token"])
    def test_what_makes_sense_on_a_socket_only_is_not_there_by_rpc(
        self, post_request, name, token
    ):
        assert post_request(name, {"surprise": 1}, token) == "MethodNotFound"

    @pytest.mark.parametrize("name", sorted(PLAYER))
    @pytest.mark.parametrize("params", [None, [], {"surprise": 1}])
    def test_without_a_token_a_player_is_needed_whatever_the_params(
        self, post_request, name, params
    ):
        assert post_request(name, params) == "Unauthenticated"

    @pytest.mark.parametrize("name", sorted((ANYONE | PLAYER) - SOCKET_ONLY - WITHOUT_TOKEN))
    @pytest.mark.parametrize("token", ["", "nonsense"])
    def test_a_bad_token_is_one_also_where_anyone_may_call(self, post_request, name, token):
        assert post_request(name, {"surprise": 1}, token) == "InvalidToken"

    @pytest.mark.parametrize("name", sorted(WITHOUT_TOKEN))
    @pytest.mark.parametrize("token", ["", "nonsense"])
    def test_but_not_where_one_comes_to_get_a_token(self, post_request, name, token):
        assert post_request(name, {"surprise": 1}, token) == "InvalidParams"

    @pytest.mark.parametrize("name", sorted(set(METHODS) - SOCKET_ONLY))
    @pytest.mark.parametrize("params", [[], [1], {"surprise": 1}])
    def test_then_come_the_params(self, post_request, name, params):
        assert post_request(name, params, "alice-token") == "InvalidParams"

    def test_only_then_is_a_service_asked(self, post_request, services):
        for name in METHODS:
            post_request(name, {"surprise": 1}, "alice-token")
        for service in vars(services).values():
            asked = [call for call in service.method_calls if call[0] != "authenticate"]
            assert asked == []


class TestAnswers:
    def test_params_in_an_array_are_refused_with_the_path_of_all(self, post):
        error = post('{"jsonrpc":"2.0","id":1,"method":"server.info","params":[]}')["error"]
        [fault] = error["data"]["errors"]
        assert fault["path"] == ""
        assert error["code"] == -32602

    def test_a_wrong_param_is_refused_with_its_path(self, call, post):
        message = {"jsonrpc": "2.0", "id": 1, "method": "rooms.list", "params": {"limit": 0}}
        error = post(json.dumps(message))["error"]
        assert [fault["path"] for fault in error["data"]["errors"]] == ["limit"]
        assert error["message"].startswith("limit: ")

    @pytest.mark.parametrize("name", ["", "x" * 50_000, "\ud800", "rpc.discover", "server", "__"])
    def test_an_unknown_method_is_named_in_short(self, post, name):
        answer = post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": name}))
        assert answer["error"]["code"] == -32601
        assert len(answer["error"]["message"]) < 1000

    @pytest.mark.parametrize("message", [b"\xff", "{", "[]", "null", '{"jsonrpc":"2.0"}'])
    def test_what_is_no_request_is_answered_with_a_null_id(self, post, message):
        answer = post(message)
        assert answer["id"] is None
        assert answer["error"]["code"] in (-32700, -32600)

    def test_a_failure_inside_is_answered_with_the_id_and_tells_nothing(
        self, post, services, caplog
    ):
        services.sessions.get.side_effect = RuntimeError("secret")
        message = {
            "jsonrpc": "2.0", "id": "mine", "method": "sessions.get", "params": {"session_id": "s"}
        }
        answer = post(json.dumps(message))
        assert (answer["id"], answer["error"]["code"]) == ("mine", -32603)
        assert "secret" not in json.dumps(answer)
        assert "secret" in caplog.text

    def test_an_answer_that_is_no_json_is_a_failure_inside(self, post, services):
        services.sessions.get.return_value = {"state": float("nan")}
        message = {
            "jsonrpc": "2.0", "id": 1, "method": "sessions.get", "params": {"session_id": "s"}
        }
        assert post(json.dumps(message))["error"]["data"] == {"type": "InternalError"}

    def test_what_is_to_follow_an_answer_does_not_follow_a_refusal(self, fake_gateway, monkeypatch):
        followed = []
        info = METHODS["server.info"]

        def handler(call, given):
            call.after_answer.append(lambda: followed.append(1))
            return info.handler(call, given)

        def failing(call, given):
            handler(call, given)
            raise RuntimeError("no")

        for each, actions in [(handler, 1), (failing, 0)]:
            row = registry.Method(**{**vars(info), "handler": each})
            monkeypatch.setitem(METHODS, "server.info", row)
            message = '{"jsonrpc":"2.0","id":1,"method":"server.info"}'
            _, after = dispatch.answer(fake_gateway, message)
            assert len(after) == actions
        assert followed == []
