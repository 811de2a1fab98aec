"""JSON-RPC 2.0 to the letter: what is a request, what is not, and with which id that is answered.

Specification: https://www.jsonrpc.org/specification, https://www.rfc-editor.org/rfc/rfc8259
"""

import json

import pytest

from gateway.protocol import json_rpc
from gateway.protocol.json_rpc import DEEPEST, InvalidRequest, ParseError, Request


def text(**message):
    """A request, but for what is said of it."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "server.info", **message})


def nested(depth, opening="[", closing="]"):
    return opening * depth + "1" + closing * depth


def params_of(value):
    """A request with params as they are written here, in JSON."""
    return f'{{"jsonrpc":"2.0","id":1,"method":"m","params":{value}}}'


class TestRequests:
    def test_a_request_is_read(self):
        request = json_rpc.parse(text(id="a", params={"limit": 5}))
        assert request == Request("a", "server.info", {"limit": 5})

    @pytest.mark.parametrize("message", [text(), text(params=None)])
    def test_params_left_out_or_null_are_an_empty_object(self, message):
        assert json_rpc.parse(message).params == {}

    @pytest.mark.parametrize("params", [[], [1, 2]])
    def test_params_in_an_array_are_handed_on_for_the_method_to_refuse(self, params):
        assert json_rpc.parse(text(params=params)).params == params

    @pytest.mark.parametrize(
        "request_id", ["a", "", "\ud800", 0, -1, 1.5, 2**53 + 1, 10**300, 1e300]
    )
    def test_an_id_is_any_string_or_number_and_comes_back_as_it_was(self, request_id):
        request = json_rpc.parse(text(id=request_id))
        for answer in (json_rpc.result(request.id, {}), json_rpc.error(request.id, {})):
            returned = json.loads(answer)["id"]
            assert returned == request_id
            assert type(returned) is type(request_id)

    def test_what_a_request_has_besides_is_of_no_account(self):
        assert json_rpc.parse(text(extra=1)) == json_rpc.parse(text())

    def test_a_message_may_come_as_utf8_bytes(self):
        assert json_rpc.parse(text(id="é").encode()).id == "é"

    def test_a_lone_surrogate_in_a_string_is_json(self):
        assert json_rpc.parse(params_of(r'{"a":"\ud800"}')).params == {"a": "\ud800"}

    def test_of_names_given_twice_the_last_one_counts(self):
        assert json_rpc.parse(params_of('{"a":1,"a":2}')).params == {"a": 2}


class TestParseErrors:
    @pytest.mark.parametrize(
        "message",
        [
            "", " ", "{", "}", "nonsense", "{'a': 1}", '{"a": 1,}', '{"a": 1} {}', "\0", "\ufeff{}",
            "[1,", "undefined", "01", "+1", '"\n"', "{1: 2}", '{"a": 1} // comment',
        ],
    )
    def test_text_that_is_no_json(self, message):
        with pytest.raises(ParseError):
            json_rpc.parse(message)

    @pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
    def test_what_python_takes_for_json_and_is_none(self, constant):
        for message in (constant, params_of(f'{{"a": {constant}}}')):
            with pytest.raises(ParseError):
                json_rpc.parse(message)

    @pytest.mark.parametrize("data", [b"\xff", b'{"a": "\xe9"}', b'"\xed\xa0\x80"', b"\x80{}"])
    def test_bytes_that_are_no_utf8(self, data):
        with pytest.raises(ParseError):
            json_rpc.parse(data)

    @pytest.mark.parametrize("brackets", ["[]", ('{"a":', "}")])
    @pytest.mark.parametrize("depth", [DEEPEST + 1, 500, 900, 2000, 100_000])
    def test_json_that_is_nested_deeper_than_anybody_needs(self, brackets, depth):
        with pytest.raises(ParseError):
            json_rpc.parse(nested(depth, *brackets))
        with pytest.raises(ParseError):
            json_rpc.parse(params_of(nested(depth, *brackets)))

    def test_json_that_is_nested_as_deep_as_is_allowed_is_read(self):
        value = nested(DEEPEST - 1)
        assert json_rpc.parse(params_of(value)).params == json.loads(value)

    def test_a_number_of_more_digits_than_anybody_needs(self):
        with pytest.raises(ParseError):
            json_rpc.parse(params_of(f'{{"a":{"9" * 5000}}}'))

    def test_the_id_of_what_cannot_be_read_is_null(self):
        with pytest.raises(ParseError) as caught:
            json_rpc.parse('{"jsonrpc":"2.0","id":1,')
        assert caught.value.request_id is None


class TestInvalidRequests:
    @pytest.mark.parametrize("message", ["null", "true", "1", '"text"', "1e999"])
    def test_json_that_is_no_object(self, message):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(message)
        assert caught.value.request_id is None

    @pytest.mark.parametrize("message", ["[]", "[1]", f"[{text()}]", f"[{text()},{text(id=2)}]"])
    def test_batches_are_not_served(self, message):
        with pytest.raises(InvalidRequest, match="[Bb]atch") as caught:
            json_rpc.parse(message)
        assert caught.value.request_id is None

    @pytest.mark.parametrize(
        "request_id", ["null", "true", "false", "[]", "[1]", "{}", '{"a":1}', "1e999", "-1e999"]
    )
    def test_an_id_that_is_neither_string_nor_number_is_answered_with_null(self, request_id):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(f'{{"jsonrpc":"2.0","id":{request_id},"method":"server.info"}}')
        assert caught.value.request_id is None

    def test_a_request_without_an_id_is_refused_and_not_a_notification(self):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse('{"jsonrpc":"2.0","method":"server.info"}')
        assert caught.value.request_id is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"jsonrpc": "1.0"}, {"jsonrpc": 2.0}, {"jsonrpc": None}, {"jsonrpc": ["2.0"]},
            {"method": 1}, {"method": None}, {"method": ["server.info"]}, {"method": {}},
            {"params": "text"}, {"params": 1}, {"params": True}, {"params": False}, {"params": 0},
            {"params": ""},
        ],
        ids=str,
    )
    def test_what_else_is_wrong_is_answered_with_the_id(self, wrong):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(text(id="mine", **wrong))
        assert caught.value.request_id == "mine"

    @pytest.mark.parametrize("missing", ["jsonrpc", "method"])
    def test_what_is_missing_is_answered_with_the_id(self, missing):
        message = json.loads(text(id="mine"))
        del message[missing]
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(json.dumps(message))
        assert caught.value.request_id == "mine"


class TestAnswers:
    def test_a_result(self):
        assert json.loads(json_rpc.result("a", {"b": 1})) == {
            "jsonrpc": "2.0", "id": "a", "result": {"b": 1}
        }

    def test_an_error(self):
        assert json.loads(json_rpc.error(None, {"code": -32700})) == {
            "jsonrpc": "2.0", "id": None, "error": {"code": -32700}
        }

    def test_a_notification_has_no_id(self):
        assert json.loads(json_rpc.notification("room.filled", {"room": {}})) == {
            "jsonrpc": "2.0", "method": "room.filled", "params": {"room": {}}
        }

    def test_any_string_can_be_sent(self):
        strings = ["\ud800", "\0", "é", "😀", '"', "\u2028"]
        sent = json_rpc.result(1, strings)
        assert json.loads(sent.encode())["result"] == strings

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
    def test_what_is_no_json_is_not_sent(self, value):
        with pytest.raises(ValueError, match="JSON"):
            json_rpc.result(1, value)
