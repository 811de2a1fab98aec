"""JSON-RPC 2.0: what is a request, what is not, and the id with which a refusal is answered.

Specification: https://www.jsonrpc.org/specification, https://www.rfc-editor.org/rfc/rfc8259
"""

import json

import pytest

from gateway.protocol import json_rpc
from gateway.protocol.json_rpc import MAX_NESTING, InvalidRequest, ParseError, Request


def text(**message):
    """A valid request, with these fields changed."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "server.info", **message})


def nested(depth, opening="[", closing="]"):
    return opening * depth + "1" + closing * depth


def params_of(value):
    """A request with params given as JSON text."""
    return f'{{"jsonrpc":"2.0","id":1,"method":"m","params":{value}}}'


class TestRequests:
    def test_request_is_parsed(self):
        request = json_rpc.parse(text(id="a", params={"limit": 5}))
        assert request == Request("a", "server.info", {"limit": 5})

    @pytest.mark.parametrize("message", [text(), text(params=None)])
    def test_missing_or_null_params_become_an_empty_object(self, message):
        assert json_rpc.parse(message).params == {}

    @pytest.mark.parametrize("params", [[], [1, 2]])
    def test_array_params_are_passed_on(self, params):
        assert json_rpc.parse(text(params=params)).params == params

    @pytest.mark.parametrize(
        "rpc_id", ["a", "", "\ud800", 0, -1, 1.5, 2**53 + 1, 10**300, 1e300]
    )
    def test_any_string_or_number_id_is_returned_unchanged(self, rpc_id):
        request = json_rpc.parse(text(id=rpc_id))
        for answer in (json_rpc.result(request.id, {}), json_rpc.error(request.id, {})):
            returned = json.loads(answer)["id"]
            assert returned == rpc_id
            assert type(returned) is type(rpc_id)

    def test_unknown_fields_of_a_request_are_ignored(self):
        assert json_rpc.parse(text(extra=1)) == json_rpc.parse(text())

    def test_utf8_bytes_are_parsed(self):
        assert json_rpc.parse(text(id="é").encode()).id == "é"

    def test_lone_surrogate_in_a_string_is_accepted(self):
        assert json_rpc.parse(params_of(r'{"a":"\ud800"}')).params == {"a": "\ud800"}

    def test_last_of_duplicate_names_counts(self):
        assert json_rpc.parse(params_of('{"a":1,"a":2}')).params == {"a": 2}


class TestParseErrors:
    @pytest.mark.parametrize(
        "message",
        [
            "", " ", "{", "}", "nonsense", "{'a': 1}", '{"a": 1,}', '{"a": 1} {}', "\0", "\ufeff{}",
            "[1,", "undefined", "01", "+1", '"\n"', "{1: 2}", '{"a": 1} // comment',
        ],
    )
    def test_invalid_json_is_refused(self, message):
        with pytest.raises(ParseError):
            json_rpc.parse(message)

    @pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
    def test_nan_and_infinity_are_refused(self, constant):
        for message in (constant, params_of(f'{{"a": {constant}}}')):
            with pytest.raises(ParseError):
                json_rpc.parse(message)

    @pytest.mark.parametrize("data", [b"\xff", b'{"a": "\xe9"}', b'"\xed\xa0\x80"', b"\x80{}"])
    def test_invalid_utf8_is_refused(self, data):
        with pytest.raises(ParseError):
            json_rpc.parse(data)

    @pytest.mark.parametrize("brackets", ["[]", ('{"a":', "}")])
    @pytest.mark.parametrize("depth", [MAX_NESTING + 1, 500, 900, 2000, 100_000])
    def test_too_deeply_nested_json_is_refused(self, brackets, depth):
        with pytest.raises(ParseError):
            json_rpc.parse(nested(depth, *brackets))
        with pytest.raises(ParseError):
            json_rpc.parse(params_of(nested(depth, *brackets)))

    def test_json_of_the_maximum_nesting_is_parsed(self):
        value = nested(MAX_NESTING - 1)
        assert json_rpc.parse(params_of(value)).params == json.loads(value)

    def test_number_with_too_many_digits_is_refused(self):
        with pytest.raises(ParseError):
            json_rpc.parse(params_of(f'{{"a":{"9" * 5000}}}'))

    def test_parse_error_has_no_id(self):
        with pytest.raises(ParseError) as caught:
            json_rpc.parse('{"jsonrpc":"2.0","id":1,')
        assert caught.value.rpc_id is None


class TestInvalidRequests:
    @pytest.mark.parametrize("message", ["null", "true", "1", '"text"', "1e999"])
    def test_json_that_is_not_an_object_is_refused(self, message):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(message)
        assert caught.value.rpc_id is None

    @pytest.mark.parametrize("message", ["[]", "[1]", f"[{text()}]", f"[{text()},{text(id=2)}]"])
    def test_batches_are_refused(self, message):
        with pytest.raises(InvalidRequest, match="[Bb]atch") as caught:
            json_rpc.parse(message)
        assert caught.value.rpc_id is None

    @pytest.mark.parametrize(
        "rpc_id", ["null", "true", "false", "[]", "[1]", "{}", '{"a":1}', "1e999", "-1e999"]
    )
    def test_invalid_id_is_answered_with_null(self, rpc_id):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(f'{{"jsonrpc":"2.0","id":{rpc_id},"method":"server.info"}}')
        assert caught.value.rpc_id is None

    def test_request_without_an_id_is_refused(self):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse('{"jsonrpc":"2.0","method":"server.info"}')
        assert caught.value.rpc_id is None

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
    def test_other_invalid_fields_are_answered_with_the_id(self, wrong):
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(text(id="mine", **wrong))
        assert caught.value.rpc_id == "mine"

    @pytest.mark.parametrize("missing", ["jsonrpc", "method"])
    def test_missing_field_is_answered_with_the_id(self, missing):
        message = json.loads(text(id="mine"))
        del message[missing]
        with pytest.raises(InvalidRequest) as caught:
            json_rpc.parse(json.dumps(message))
        assert caught.value.rpc_id == "mine"


class TestAnswers:
    def test_result_is_encoded(self):
        assert json.loads(json_rpc.result("a", {"b": 1})) == {
            "jsonrpc": "2.0", "id": "a", "result": {"b": 1}
        }

    def test_error_is_encoded(self):
        assert json.loads(json_rpc.error(None, {"code": -32700})) == {
            "jsonrpc": "2.0", "id": None, "error": {"code": -32700}
        }

    def test_notification_has_no_id(self):
        assert json.loads(json_rpc.notification("room.filled", {"room": {}})) == {
            "jsonrpc": "2.0", "method": "room.filled", "params": {"room": {}}
        }

    def test_any_string_can_be_encoded(self):
        strings = ["\ud800", "\0", "é", "😀", '"', "\u2028"]
        sent = json_rpc.result(1, strings)
        assert json.loads(sent)["result"] == strings

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
    def test_value_outside_json_is_not_encoded(self, value):
        with pytest.raises(ValueError, match="JSON"):
            json_rpc.result(1, value)
