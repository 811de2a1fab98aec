"""What viewers are sent of an event: their own legal moves, and each text encoded once."""

import json

import pytest

from extensions import json_codec
from gateway.broker.service_event import ServiceEvent

PARAMS = {"session_id": "s1", "version": 3, "state": {"board": ["é", "}}"]}}
LEGAL = {"alice": ["b2b3", "}}"], "bob": []}


def event(**more):
    body = {"event": "session.moved", "params": PARAMS, "id": "e1", **more}
    return ServiceEvent.decode("session.s1.all", json_codec.encode(body))


@pytest.mark.parametrize(("viewer", "legal"), [
    ("alice", ["b2b3", "}}"]), ("bob", []), ("carol", []), (None, []),
])
def test_viewer_is_sent_the_own_legal_moves(viewer, legal):
    assert json.loads(event(legal=LEGAL).notification_for(viewer)) == {
        "jsonrpc": "2.0", "method": "session.moved", "params": {**PARAMS, "legal": legal}
    }


@pytest.mark.parametrize("viewer", ["alice", None])
def test_event_without_moves_is_sent_as_it_is(viewer):
    assert json.loads(event().notification_for(viewer))["params"] == PARAMS


@pytest.mark.parametrize("legal", [{}, LEGAL, None])
def test_viewers_who_are_sent_the_same_share_the_text(legal):
    shared = event() if legal is None else event(legal=legal)
    assert shared.notification_for("carol") is shared.notification_for(None)
    assert shared.notification_for("alice") is shared.notification_for("alice")


def test_event_that_comes_again_is_decoded_once():
    assert event(legal=LEGAL) is event(legal=LEGAL)
