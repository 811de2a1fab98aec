"""Traces of all processes, as a collector receives them."""

import pytest

from tests.collector import Collector
from tests.e2e.playing import by_key
from tests.stack import eventually

TRACED = ("gateway", "sessions", "rooms", "private_rooms")


@pytest.fixture
def collector(stack):
    """A collector of the traces of those that are traced; the stack sends to it."""
    with Collector() as collector:
        settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"
        }
        with stack.given(*TRACED, **settings):
            yield collector


def the_trace(collector, request, *names):
    """The spans of the trace that this request began, once those of these names have all come.

    Each process sends its own from time to time.
    """

    def found():
        for span in collector.spans:
            if (span.process, span.name) == ("gateway", request) and not span.parent:
                spans = collector.of_trace(span.trace)
                if spans.keys() >= set(names):
                    return spans
        return None

    return eventually(found, what=f"a trace of {request} with {names}")


def check_chain(spans, *chain):
    """Fail unless each of these spans is the parent of the next, and went well."""
    found = [spans[each] for each in chain]
    assert [span.parent for span in found] == ["", *(span.id for span in found[:-1])]
    assert not [span for span in found if span.failed]
    assert {span.attributes["request_id"] for span in found} == {found[0].attributes["request_id"]}


def test_one_trace_leads_from_the_socket_to_the_stored_move(collector, two_players):
    one, other = two_players
    session_id = by_key(one, other)
    for each in two_players:
        each.connect(session_id)
    version = one.move(session_id, "b2b3")

    stored = ("sessions", "sessions.execute", "server")
    moved = (
        ("gateway", "sessions.execute", "server"), ("gateway", "sessions.execute", "client"),
        stored,
    )
    spans = the_trace(collector, "sessions.execute", *moved)
    check_chain(spans, *moved)
    assert spans[stored].attributes == {
        "outcome": "ok", "session": session_id, "version": version,
        "request_id": spans[stored].attributes["request_id"],
    }

    started = (
        ("gateway", "private_rooms.join", "server"), ("gateway", "private_rooms.join", "client"),
        ("private_rooms", "private_rooms.join", "server"),
        ("private_rooms", "rooms.join", "client"), ("rooms", "rooms.join", "server"),
        ("rooms", "sessions.create", "client"), ("sessions", "sessions.create", "server"),
    )
    check_chain(the_trace(collector, "private_rooms.join", *started), *started)
