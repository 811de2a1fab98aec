"""Processes of this release and of the one before understand each other's calls and events."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import ROOT
from tests.upgrade import compatibility

SCRIPT = Path(__file__).with_name("contract.py")


def contract_of(folder):
    command = [sys.executable, "-W", "ignore", SCRIPT, folder]
    return json.loads(subprocess.check_output(command, cwd=folder))


@pytest.fixture(scope="module")
def old(baseline):
    return contract_of(baseline)


@pytest.fixture(scope="module")
def new():
    return contract_of(ROOT)


@pytest.fixture
def changed(new):
    return copy.deepcopy(new)


def test_new_services_answer_callers_of_the_release_before(old, new):
    assert compatibility.broken_calls(old, new, new_methods=False) == []


def test_services_of_the_release_before_answer_new_callers(old, new):
    assert compatibility.broken_calls(new, old, new_methods=True) == []


def test_events_of_the_release_before_are_announced_and_heard(old, new):
    assert compatibility.lost(old, new) == []


def rename_parameter(method):
    method["parameters"][0][0] = "renamed"


def swap_parameters(method):
    method["parameters"].reverse()


def require_another(method):
    method["parameters"].append(["another", True, True])


def read_another_key(method):
    method["takes"]["commands"]["another"] = {}


def answer_less(method):
    del method["answers"]["items"]["login"]


@pytest.mark.parametrize(("change", "name", "complaint"), [
    (rename_parameter, "accounts.get", "does not take login"),
    (swap_parameters, "accounts.block", "takes login as parameter 1"),
    (require_another, "accounts.get", "requires another"),
    (read_another_key, "sessions.execute_many", "does not send another in commands"),
    (answer_less, "accounts.online", "does not answer items.login"),
])
def test_a_change_that_breaks_calls_is_found(new, changed, change, name, complaint):
    service, _, method = name.partition(".")
    change(changed["served"][service][method])
    assert f"{name} {complaint}" in compatibility.broken_calls(new, changed, new_methods=False)


def test_a_method_that_is_gone_is_found(new, changed):
    del changed["served"]["auth"]["login"]
    found = compatibility.broken_calls(new, changed, new_methods=False)
    assert found == ["auth.login is missing"]


def test_optional_additions_break_nothing(new, changed):
    changed["served"]["sessions"]["execute_many"]["takes"]["commands"]["another?"] = {}
    changed["served"]["accounts"]["get"]["parameters"].append(["another", False, True])
    changed["served"]["accounts"]["get"]["answers"]["another"] = {}
    changed["announced"]["rooms"]["ANOTHER"] = "room.another"
    assert compatibility.broken_calls(new, changed, new_methods=False) == []
    assert compatibility.lost(new, changed) == []


def test_renamed_events_and_queues_are_found(new, changed):
    changed["announced"]["rooms"]["FILLED"] = "room.full"
    changed["announced"]["sessions"]["DURABLE"] = []
    queue = changed["consumed"]["accounts"].pop()
    assert compatibility.lost(new, changed) == [
        "rooms.events.FILLED", "sessions.events.DURABLE", f"the queue {queue}",
    ]
