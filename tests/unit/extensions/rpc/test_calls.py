"""A call has a deadline, is sent once more where the link breaks, and gets its own reply."""

from unittest.mock import Mock

import eventlet
import pytest
from eventlet.hubs import get_hub
from nameko.exceptions import RpcTimeout, UnknownService, serialize

from extensions import json_codec
from extensions.amqp.frames import Delivery, encode_reply_properties
from extensions.errors import UNANSWERED_ERRORS, CallLost
from extensions.rpc.calls import Calls
from rooms.exceptions import RoomNotFound
from tests.unit.fakes import LinkTo


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setattr("kombu.Queue.declare", lambda self: None)
    with eventlet.Timeout(60, AssertionError("it hangs")):
        yield


@pytest.fixture
def link():
    return LinkTo()


@pytest.fixture
def calls(link):
    calls = Calls(link, "gateway", timeout_seconds=10)
    link.connect()
    return calls


@pytest.fixture
def begin(calls):
    """Begins a call in a greenthread of its own, which ends with the result or the error."""

    def call(*args):
        try:
            return calls.call("rooms", "join", args, {"login": "alice"}, {"a header": ["x"]})
        except Exception as error:
            return error

    def begin(*args):
        calling = eventlet.spawn(call, *args)
        eventlet.sleep(0)
        return calling

    return begin


@pytest.fixture
def reply(link):
    """Sends the reply to the call that was sent as this one of all."""

    def reply(number, result, error=None, text=None):
        call_id = link.published[number].properties["correlation_id"]
        body = text or json_codec.encode({"result": result, "error": error})
        [consume] = link.channel.callbacks.values()
        consume(Delivery(7, "tag", 1, "", encode_reply_properties(call_id), body))

    return reply


def test_a_request_is_as_stock_nameko_sends_it(begin, link, calls):
    begin("r1")
    [sent] = link.published
    assert sent.routing_key == "rooms.join" and sent.mandatory
    assert sent.body == {"args": ["r1"], "kwargs": {"login": "alice"}}
    assert sent.properties["headers"] == {"a header": ["x"]}
    assert sent.properties["reply_to"] == calls._queue.routing_key
    assert calls._queue.name == f"rpc.reply-gateway-{calls._queue.routing_key}"


def test_each_call_gets_its_own_reply(begin, reply, calls):
    calling = [begin(number) for number in range(3)]
    for number in (2, 0, 1):
        reply(number, f"the result of {number}")
    assert [each.wait() for each in calling] == [f"the result of {each}" for each in range(3)]
    assert calls.under_way == 0


def test_an_error_is_raised_as_it_was(begin, reply):
    calling = begin()
    reply(0, None, serialize(RoomNotFound("There is no room r1")))
    error = calling.wait()
    assert isinstance(error, RoomNotFound) and str(error) == "There is no room r1"


def test_a_reply_that_is_no_json_fails_its_call(begin, reply):
    calling = begin()
    reply(0, None, text=b"{")
    assert isinstance(calling.wait(), ValueError)


def test_a_reply_that_comes_twice_or_late_is_dropped(begin, reply, calls):
    calling = begin()
    for result in ("first", "second"):
        reply(0, result)
    assert calling.wait() == "first"
    reply(0, "late")
    assert calls.under_way == 0


def test_no_call_waits_beyond_its_deadline(link):
    calls = Calls(link, "gateway", timeout_seconds=0.001)
    link.connect()
    with pytest.raises(RpcTimeout):
        calls.call("rooms", "join", (), {}, {})
    assert calls.under_way == 0


def test_calls_of_all_ages_end_by_one_timer(link):
    calls, outcomes, hub = Calls(link, "gateway", timeout_seconds=0.05), [], get_hub()
    link.connect()
    timers = hub.get_timers_count()
    for number in range(3):
        calls.submit("rooms", "join", (number,), {}, {}, outcomes.append)
        eventlet.sleep(0.001)
    assert hub.get_timers_count() <= timers + 1
    while calls.under_way:
        eventlet.sleep(0.01)
    assert [type(each) for each in outcomes] == [RpcTimeout] * 3


def test_outcome_that_cannot_be_handled_costs_others_nothing(calls, reply, caplog):
    def fail(outcome):
        raise RuntimeError("no")

    outcomes = []
    for on_outcome in (fail, outcomes.append):
        calls.submit("rooms", "join", (), {}, {}, on_outcome)
    for number in range(2):
        reply(number, number)
    assert outcomes == [1] and "could not be handled" in caplog.text


def test_calls_made_again_at_their_deadline_share_one_timer(link, monkeypatch):
    now, timers = [0.0], []  # delays and functions that are scheduled
    monkeypatch.setattr("extensions.rpc.calls.time", Mock(monotonic=lambda: now[0]))
    hub = Mock(schedule_call_global=lambda *timer: timers.append(timer) or timer)
    monkeypatch.setattr("extensions.rpc.calls.get_hub", lambda: hub)
    calls = Calls(link, "gateway", timeout_seconds=10)

    def call_again(outcome=None):
        calls.submit("rooms", "join", (), {}, {}, call_again)

    call_again()
    now[0] = 1.0
    call_again()
    for time, delay in ((10.0, 1.0), (11.0, 9.0), (20.0, 1.0)):
        [(_, expire)], timers[:] = timers, []
        now[0] = time
        expire()
        assert [each for each, _ in timers] == [delay] and calls.under_way == 2


def test_a_call_that_cannot_be_encoded_is_not_sent(calls, link):
    with pytest.raises(TypeError):
        calls.call("rooms", "join", (object(),), {}, {})
    assert calls.under_way == 0 and not link.written


def test_a_request_that_reaches_no_queue_raises_unknown_service(begin, link):
    calling = begin()
    [sent] = link.published
    [on_return] = link.channel.events["basic_return"]
    on_return(None, "nameko-rpc", "rooms.join", sent)
    assert isinstance(calling.wait(), UnknownService) and "rooms" in str(calling.wait())
    on_return(None, "nameko-rpc", "rooms.join", sent)  # nobody waits any more


class TestBreaks:
    def test_a_call_made_meanwhile_is_sent_as_soon_as_possible(self, link, begin, reply):
        link.lose(OSError("broken pipe"))
        calling = begin("r1")
        assert not link.published
        link.connect()
        reply(0, "result")
        assert calling.wait() == "result"

    def test_while_the_loss_is_being_told_nothing_is_sent(self, link, begin, reply):
        link.channel = None
        calling = begin("r1")
        assert not link.published
        link.connect()
        reply(0, "result")
        assert calling.wait() == "result"

    def test_a_call_under_way_is_sent_once_more(self, link, begin, reply):
        calling = begin("r1")
        link.lose(OSError("broken pipe"))
        link.connect()
        assert [each.body["args"] for each in link.published] == [["r1"], ["r1"]]
        assert len({each.properties["correlation_id"] for each in link.published}) == 1
        reply(1, "result")
        assert calling.wait() == "result"

    def test_after_the_second_break_it_fails(self, link, begin):
        calling = begin()
        for _ in range(2):
            link.lose(OSError("broken pipe"))
            link.connect()
        assert isinstance(calling.wait(), CallLost) and "broken pipe" in str(calling.wait())
        assert len(link.published) == 2


class TestBlockedBroker:
    def test_a_call_made_meanwhile_is_sent_as_soon_as_possible(self, link, begin, reply):
        link.block(True)
        calling = begin("r1")
        assert not link.published
        link.block(False)
        reply(0, "result")
        assert calling.wait() == "result"

    def test_a_call_under_way_is_not_sent_again(self, link, begin, reply):
        calling = begin("r1")
        for is_blocked in (True, False):
            link.block(is_blocked)
        assert len(link.published) == 1
        reply(0, "result")
        assert calling.wait() == "result"


@pytest.mark.parametrize(
    "error", [RpcTimeout(5), UnknownService("rooms"), OSError("gone"), CallLost("gone")]
)
def test_unanswered_errors_are_known_as_such(error):
    assert isinstance(error, UNANSWERED_ERRORS)
