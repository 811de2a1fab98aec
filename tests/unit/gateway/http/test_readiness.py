"""Readiness of services that have several instances, of which each ping finds one."""

from types import SimpleNamespace

import eventlet
import pytest
from eventlet.event import Event
from nameko.exceptions import UnknownService

from gateway.broker.services import NAMES
from gateway.http import readiness as module
from gateway.http.readiness import REPORT_LIFETIME_SECONDS, Readiness

LATE = "keep_time has not run for 12 s"


class Services:
    """Services whose instances are pinged in turn."""

    def __init__(self):
        self.instances = {name: [healthy()] for name in NAMES}

    def ping(self, name):
        if not self.instances[name]:
            raise UnknownService(name)
        instance = self.instances[name].pop(0)
        self.instances[name].append(instance)
        return instance()


def instance(name, problems):
    return lambda: {"instance": name, "problems": problems}


def healthy(name="one"):
    return instance(name, [])


@pytest.fixture
def services():
    return Services()


@pytest.fixture
def readiness(services):
    return Readiness(services.ping)


def test_healthy_services_have_no_problems(readiness):
    assert readiness.check() == ([], [])


def test_unhealthy_instance_is_reported_whichever_answers(readiness, services):
    services.instances["sessions"] = [healthy(), instance("two", [LATE]), healthy("three")]
    for _ in range(3):
        readiness.ping("sessions")
    told = {tuple(readiness.check()[1]) for _ in range(6)}
    assert told == {(f"sessions: {LATE}, on two",)}


def test_recovered_instance_is_no_longer_reported(readiness, services):
    services.instances["sessions"] = [instance("one", [LATE]), healthy("one")]
    assert readiness.check()[1] == [f"sessions: {LATE}, on one"]
    assert readiness.check()[1] == []


def test_report_of_a_gone_instance_expires(readiness, services, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    services.instances["sessions"] = [instance("two", [LATE])]
    readiness.ping("sessions")
    services.instances["sessions"] = [healthy()]
    now[0] += REPORT_LIFETIME_SECONDS - 1
    assert readiness.check()[1] == [f"sessions: {LATE}, on two"]
    now[0] += 2
    assert readiness.check()[1] == []


def test_last_report_asks_nobody(readiness, services, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    assert readiness.last_report().not_answering == list(NAMES)
    assert readiness.check() == readiness.last_report() == ([], [])
    services.instances["rooms"] = []
    now[0] += module.AWAY_SECONDS - 1
    readiness.ping("rooms")
    assert readiness.last_report() == ([], [])
    now[0] += 2
    for name in NAMES:
        readiness.ping(name)
    assert readiness.last_report() == (["rooms"], [])


def test_missing_service_is_reported_at_once(
    readiness, services
):
    assert readiness.check() == ([], [])
    services.instances["rooms"] = []
    assert readiness.check() == (["rooms"], [])


def test_only_the_service_that_hangs_is_reported(
    readiness, services, monkeypatch
):
    monkeypatch.setattr(module, "PING_TIMEOUT_SECONDS", 0.05)
    services.instances["rooms"] = [Event().wait]
    with eventlet.Timeout(60):
        assert readiness.check() == (["rooms"], [])


def test_concurrent_checks_share_their_pings(readiness, services):
    held, asked = Event(), []

    def hangs():
        asked.append(1)
        held.wait()
        return healthy()()

    services.instances["rooms"] = [hangs]
    asking = [eventlet.spawn(readiness.check) for _ in range(20)]
    eventlet.sleep(0.01)
    held.send()
    assert [each.wait() for each in asking] == [([], [])] * 20 and len(asked) == 1
    services.instances["rooms"] = []
    assert readiness.check() == (["rooms"], [])


def test_hanging_instance_is_not_the_whole_service(readiness, services, monkeypatch):
    monkeypatch.setattr(module, "PING_TIMEOUT_SECONDS", 0.05)
    services.instances["rooms"] = [Event().wait, healthy("two")]
    eventlet.spawn_after(0, eventlet.spawn_after, 0, readiness.ping, "rooms")
    assert readiness.check() == ([], [])


def test_instance_without_a_name_is_reported(readiness, services):
    services.instances["sessions"] = [lambda: {"problems": [LATE]}]
    assert readiness.check() == ([], [f"sessions: {LATE}"])


def test_missing_service_is_logged_once(readiness, services, caplog):
    services.instances["rooms"] = []
    for _ in range(5):
        readiness.ping("rooms")
    assert [each.getMessage() for each in caplog.records] == [
        "rooms did not answer a ping: UnknownService('rooms')"
    ]
