"""Whether services are well, of which there are many instances, and each question finds one."""

from types import SimpleNamespace

import eventlet
import pytest
from eventlet.event import Event
from nameko.exceptions import UnknownService

from gateway.broker.services import NAMES
from gateway.http import readiness as module
from gateway.http.readiness import LATELY, Readiness

LATE = "keep_time has not run for 12 s"


class Services:
    """Services whose instances are asked in turn."""

    def __init__(self):
        self.instances = {name: [well()] for name in NAMES}

    def ping(self, name):
        if not self.instances[name]:
            raise UnknownService(name)
        instance = self.instances[name].pop(0)
        self.instances[name].append(instance)
        return instance()


def says(name, ailing):
    return lambda: {"instance": name, "ailing": ailing}


def well(name="one"):
    return says(name, [])


@pytest.fixture
def services():
    return Services()


@pytest.fixture
def readiness(services):
    return Readiness(services)


def test_where_all_are_well_nothing_is_amiss(readiness):
    assert readiness.unwell() == ([], [])


def test_of_many_instances_each_that_ails_is_told_whichever_answers_now(readiness, services):
    services.instances["sessions"] = [well(), says("two", [LATE]), well("three")]
    for _ in range(3):
        readiness.ask("sessions")
    told = {tuple(readiness.unwell()[1]) for _ in range(6)}
    assert told == {(f"sessions: {LATE}, on two",)}


def test_what_is_well_again_is_told_no_more(readiness, services):
    services.instances["sessions"] = [says("one", [LATE]), well("one")]
    assert readiness.unwell()[1] == [f"sessions: {LATE}, on one"]
    assert readiness.unwell()[1] == []


def test_an_instance_that_has_gone_ails_nobody_for_long(readiness, services, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    services.instances["sessions"] = [says("two", [LATE])]
    readiness.ask("sessions")
    services.instances["sessions"] = [well()]
    now[0] += LATELY - 1
    assert readiness.unwell()[1] == [f"sessions: {LATE}, on two"]
    now[0] += 2
    assert readiness.unwell()[1] == []


def test_a_service_that_is_not_there_is_told_at_once_though_it_has_just_answered(
    readiness, services
):
    assert readiness.unwell() == ([], [])
    services.instances["rooms"] = []
    assert readiness.unwell() == (["rooms"], [])


def test_one_that_does_not_answer_in_time_is_told_and_the_others_are_not(
    readiness, services, monkeypatch
):
    monkeypatch.setattr(module, "DEADLINE", 0.05)
    services.instances["rooms"] = [Event().wait]
    with eventlet.Timeout(5):
        assert readiness.unwell() == (["rooms"], [])


def test_of_all_who_ask_at_once_the_services_are_asked_once(readiness, services):
    held, asked = Event(), []

    def hangs():
        asked.append(1)
        held.wait()
        return well()()

    services.instances["rooms"] = [hangs]
    asking = [eventlet.spawn(readiness.unwell) for _ in range(20)]
    eventlet.sleep(0.01)
    held.send()
    assert [each.wait() for each in asking] == [([], [])] * 20 and len(asked) == 1
    services.instances["rooms"] = []
    assert readiness.unwell() == (["rooms"], [])


def test_one_instance_that_hangs_is_not_the_whole_service(readiness, services, monkeypatch):
    monkeypatch.setattr(module, "DEADLINE", 0.05)
    services.instances["rooms"] = [Event().wait, well("two")]
    eventlet.spawn_after(0, eventlet.spawn_after, 0, readiness.ask, "rooms")
    assert readiness.unwell() == ([], [])


def test_an_instance_without_a_name_counts_as_well(readiness, services):
    services.instances["sessions"] = [lambda: {"ailing": [LATE]}]
    assert readiness.unwell() == ([], [f"sessions: {LATE}"])


def test_a_service_that_stays_away_is_logged_once(readiness, services, caplog):
    services.instances["rooms"] = []
    for _ in range(5):
        readiness.ask("rooms")
    assert [each.getMessage() for each in caplog.records] == [
        "rooms is not well: UnknownService('rooms')"
    ]
