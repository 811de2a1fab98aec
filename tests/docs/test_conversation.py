"""The conversation on the protocol page follows the protocol."""

import json

from gateway.protocol.registry import METHODS
from tests.client import check_error, check_event, check_result
from tests.docs.pages import blocks, read


def test_the_conversation_follows_the_protocol():
    [conversation] = blocks(read("docs/protocol.md"), "jsonrpc")
    asked: dict[int, str] = {}
    for line in conversation.splitlines():
        direction, message = line[0], json.loads(line[2:])
        assert message["jsonrpc"] == "2.0"
        if direction == ">":
            METHODS[message["method"]].params.read(message["params"])
            asked[message["id"]] = message["method"]
        elif "method" in message:
            check_event(message["method"], message["params"])
        elif "error" in message:
            check_error(asked.pop(message["id"]), message["error"])
        else:
            check_result(asked.pop(message["id"]), message["result"])
    assert not asked, "every request is answered"
