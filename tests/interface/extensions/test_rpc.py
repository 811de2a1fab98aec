"""The RPC policy between real services, over a real broker."""

import subprocess
import sys
import time

import eventlet
import pytest
from kombu import Connection
from nameko.exceptions import RemoteError, RpcTimeout, UnknownService
from nameko.rpc import rpc
from prometheus_client import REGISTRY

from extensions.errors import UNANSWERED_ERRORS
from extensions.rpc.client import Cluster, RpcProxy
from extensions.settings.loader import load_settings
from tests.interface.standing_in import Gate
from tests.stack import eventually


@pytest.fixture
def impatient(settings):
    """A cluster whose calls wait for a short time."""
    cluster = Cluster(load_settings({**settings, "RPC_TIMEOUT": 1.0}), "impatient")
    cluster.start()
    yield cluster
    cluster.stop()


def test_a_call_to_a_service_that_is_not_there_fails_at_once(cluster):
    with pytest.raises(UnknownService):  # and not RpcTimeout
        cluster.nobody.anything()
    assert cluster.calls.under_way == 0


def test_a_call_has_a_deadline(impatient, stand_in):
    gate = Gate("late")
    stand_in("slow", answer=gate)
    began = time.monotonic()
    with pytest.raises(RpcTimeout):
        impatient.slow.answer()
    assert time.monotonic() - began > 0.9
    gate.opened.send()


def test_calls_are_counted_while_they_wait_and_if_unanswered(cluster, stand_in):
    def value(name, **labels):
        return REGISTRY.get_sample_value(f"arbiter_rpc_call{name}", labels) or 0

    gate = Gate("in time")
    stand_in("slow", answer=gate)
    took = value("_seconds_count", target="slow", method="answer")
    waiting = eventlet.spawn(cluster.slow.answer)
    gate.reached.wait()
    assert value("s_in_flight", target="slow") == 1
    gate.opened.send()
    assert waiting.wait() == "in time"
    assert value("s_in_flight", target="slow") == 0
    assert value("_seconds_count", target="slow", method="answer") == took + 1
    unanswered = value("s_unanswered_total", target="nobody")
    with pytest.raises(UnknownService):
        cluster.nobody.anything()
    assert value("s_unanswered_total", target="nobody") == unanswered + 1


def test_a_late_reply_is_dropped_and_nothing_is_left_of_it(impatient, stand_in, settings):
    gate = Gate("late")
    service = stand_in("slow", answer=gate, other="other")
    with pytest.raises(RpcTimeout):
        impatient.slow.answer()
    gate.opened.send()
    gate.passed.wait()
    for _ in range(3):  # they go the same way, and come behind the late one
        assert impatient.slow.other() == "other"
    assert impatient.calls.under_way == 0
    assert len(service.asked("answer")) == 1
    queue = impatient.calls._queue
    with Connection(settings["AMQP_URI"]) as connection:
        bound = queue(connection.default_channel)
        eventually(lambda: bound.queue_declare(passive=True).message_count == 0)


@pytest.mark.parametrize(("answer", "error"), [
    ("x" * 17 * 1024 * 1024, "ReplyTooLarge"), (object(), "UnserializableValueError"),
    (["\ud800" * 6 * 1024 * 1024, object()], "UnserializableValueError"),
    (ValueError("x" * 17 * 1024 * 1024), "ReplyTooLarge"),
], ids=["large", "no JSON", "large and no JSON", "large error"])
def test_a_reply_that_cannot_be_sent_is_its_callers_error(cluster, stand_in, answer, error):
    gate = Gate("in time")
    service = stand_in("slow", answer=gate, unsendable=answer, other="other")
    waiting = eventlet.spawn(cluster.slow.answer)
    gate.reached.wait()
    with pytest.raises(RemoteError) as failed:
        cluster.slow.unsendable()
    assert failed.value.exc_type == error and len(str(failed.value)) < 1000
    assert cluster.slow.other() == "other"
    gate.opened.send()
    assert waiting.wait() == "in time"
    assert [len(service.asked(each)) for each in service.answers] == [1, 1, 1]


def test_a_request_whose_caller_has_given_up_is_not_served(impatient, settings, stand_in):
    service = stand_in("slow", answer="too late")
    service.container.stop()  # its queue stays
    with pytest.raises(RpcTimeout):
        impatient.slow.answer()
    with Connection(settings["AMQP_URI"]) as connection:  # it expires by the broker's clock
        channel = connection.default_channel
        eventually(lambda: channel.queue_declare("rpc-slow", passive=True).message_count == 0)
    again = stand_in("slow", answer="in time")
    assert impatient.slow.answer() == "in time"
    assert len(service.calls) == 0 and len(again.calls) == 1


def test_the_shell_of_nameko_calls_a_service(stand_in, settings):
    stand_in("echo", back=lambda word: f"{word}!")
    shell = [sys.executable, "-W", "ignore", "-m", "nameko", "shell", "--interface", "plain"]
    shell += ["--broker", settings["AMQP_URI"]]
    said = subprocess.run(
        shell, input="n.rpc.echo.back('hello')", capture_output=True, text=True, timeout=60
    )
    assert "hello!" in said.stdout + said.stderr


def test_sixty_four_greenthreads_share_one_proxy(cluster, stand_in):
    stand_in("echo", back=lambda word: eventlet.sleep(0.001) or word)
    pool = eventlet.GreenPool(64)

    def talk(number):
        return [cluster.echo.back(f"{number} {turn}") for turn in range(5)]

    for number, answers in enumerate(pool.imap(talk, range(64))):
        assert answers == [f"{number} {turn}" for turn in range(5)]
    assert cluster.calls.under_way == 0


def test_a_service_calls_another_under_the_same_policy(containers, cluster, settings, stand_in):
    class Asking:
        name = "asking"
        echo = RpcProxy("echo")
        nobody = RpcProxy("nobody")

        @rpc
        def ask(self, word):
            return self.echo.back(word)

        @rpc
        def ask_nobody(self):
            try:
                self.nobody.anything()
            except UNANSWERED_ERRORS as error:
                return type(error).__name__

    settings["RPC_TIMEOUT"] = 2.0
    gate = Gate("late")
    stand_in("echo", back=lambda word: gate() if word == "slowly" else word)
    containers(Asking)
    assert cluster.asking.ask("hello") == "hello"
    with pytest.raises(Exception, match="RpcTimeout"):
        cluster.asking.ask("slowly")
    gate.opened.send()
    assert cluster.asking.ask_nobody() == "UnknownService"
    assert list(eventlet.GreenPool().imap(cluster.asking.ask, "abcdefgh")) == list("abcdefgh")
