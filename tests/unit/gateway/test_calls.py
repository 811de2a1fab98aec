"""A call begins with a request: its id goes along, and a line tells how it ended."""

import pytest

from auth.exceptions import InvalidCredentials
from extensions import request_id
from gateway.broker.event_subscriber import NOTED, EventSubscriber, Queue


class Connection:
    """A socket's connection that is a player's."""

    id, login, family, fingerprint = "connection", "alice", "family", "print"
    round_trip = 0.0
    address = "10.0.0.1"


@pytest.fixture
def inbox():
    return EventSubscriber("memory://", 10.0, lambda: None)


@pytest.fixture
def deliver(inbox):
    """Has an event come in for a queue; what was told, and under which call."""

    class Delivered:
        def __init__(self, body, key="session.s1.all.session.ended"):
            self.delivery_info, self.body = {"routing_key": key}, body

    def deliver(body, queue=None):
        told = []
        queue = queue or Queue(lambda key, body: told.append((key, body, request_id.current())))
        inbox._deliver(queue, Delivered(body))
        return told

    return deliver


@pytest.fixture
def ids(services):
    """The ids of the calls that a service has been called in."""
    seen = []
    services.sessions.get.side_effect = lambda *_: seen.append(request_id.current())
    return seen


def test_each_request_is_a_call_of_its_own(post, ids):
    for _ in range(2):
        post('{"jsonrpc": "2.0", "id": 1, "method": "sessions.get", "params": {"session_id": "s"}}')
    one, other = ids
    assert one and other and one != other


def test_a_command_takes_its_calls_id_along(call, fake_gateway):
    taken = []

    class CommandBatcher:
        def execute(self, order):
            taken.append((order["call_id"], request_id.current()))
            return {"version": 1, "command_id": "c"}

    fake_gateway.commands = CommandBatcher()
    call(
        "sessions.execute", "alice", session_id="s1", command={"type": "resign"}, command_id="c"
    )
    [(sent, current)] = taken
    assert sent == current


def test_a_request_is_logged_with_who_made_it_and_how_it_ended(call, lines, services):
    services.rooms.leave.return_value = None
    call("rooms.leave", connection=Connection(), room_id="r1")
    [line] = lines()
    assert line.pop("ms") >= 0
    assert line == {
        "level": "INFO", "message": "request", "request_id": None, "method": "rooms.leave",
        "outcome": "ok", "login": "alice", "connection": "connection",
    }


def test_of_a_refused_request_no_parameter_is_logged(refused, services, lines):
    services.auth.login.side_effect = InvalidCredentials("somebody, a wrong password")
    refused("auth.login", login="somebody", password="a wrong password")
    [line] = lines()
    assert (line["method"], line["outcome"]) == ("auth.login", "InvalidCredentials")
    assert line["login"] is None and "a wrong" not in str(line)


@pytest.mark.parametrize(
    "message", ["nonsense", '{"jsonrpc": "2.0", "id": 1, "method": "no such", "params": {}}']
)
def test_of_what_is_no_request_nothing_is_logged_but_that(post, lines, message):
    post(message)
    [line] = lines()
    assert line["method"] == "" and line["outcome"] in ("ParseError", "MethodNotFound")


def event(number):
    return (
        f'{{"id": "notice {number}", "event": "session.ended", "call_id": "c0ffee",'
        f' "params": {{"version": {number}}}}}'
    )


def test_an_event_is_logged_once_however_many_hear_it(deliver, lines):
    for number in (1, 2, 1, 2, 1):
        [(_, _, current)] = deliver(event(number))
        assert current == "c0ffee"
    common = {
        "level": "INFO", "message": "event", "request_id": "c0ffee", "event": "session.ended",
        "key": "session.s1.all.session.ended",
    }
    assert lines() == [{**common, "version": 1}, {**common, "version": 2}]


def test_not_all_events_that_there_ever_were_are_remembered(deliver, inbox):
    for number in range(NOTED + 10):
        deliver(event(number))
    assert len(inbox._noted) == NOTED


def test_an_event_of_no_call_is_told_all_the_same(deliver, lines):
    assert deliver('{"id": "1", "event": "room.closed", "params": {}}')
    assert [line["request_id"] for line in lines()] == [None]


def test_an_event_that_has_no_id_is_logged_each_time(deliver, lines):
    for _ in range(2):
        assert deliver('{"event": "room.closed", "params": {}}')
    assert len(lines()) == 2
