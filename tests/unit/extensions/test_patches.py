"""The patches of other packages are installed in every service's process."""

import importlib
import logging
import subprocess
import sys

import psycopg2.extensions
import pytest
from eventlet.hubs.hub import BaseHub
from eventlet.patcher import original
from nameko.rpc import Rpc
from prometheus_client import values

from extensions import patches, service_base
from extensions.rpc.server import RpcServer
from extensions.storage import postgres
from tests.process import ROOT
from tests.stack import SERVICES

SCRIPT = """
import eventlet
eventlet.monkey_patch()
import extensions.service_base
from tests.unit.extensions.test_patches import check_installed
check_installed()
"""


def check_installed():
    assert type(Rpc.rpc_consumer) is RpcServer
    assert psycopg2.extensions.get_wait_callback() is postgres._wait
    assert logging._srcfile is None
    assert values.Lock is original("threading").Lock


def test_install_may_be_called_twice():
    patches.install()
    patches.install()
    check_installed()


def test_the_hub_sleeps_past_cancelled_timers():
    hub = BaseHub()
    assert hub.sleep_until() is None
    first, second, third = (hub.schedule_call_global(each, print) for each in (1, 2, 3))
    hub.prepare_timers()
    for cancelled in (third, first):
        cancelled.called = True  # as `cancel` does, which then tells the hub in use
        hub.timer_canceled(cancelled)
    assert hub.sleep_until() - hub.clock() > 1
    assert (hub.get_timers_count(), hub.timers_canceled) == (2, 1)
    second.called = True
    hub.timer_canceled(second)
    assert hub.sleep_until() is None
    assert (hub.get_timers_count(), hub.timers_canceled) == (0, 0)


def test_importing_the_base_of_services_installs_them():
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_the_base(name):
    module = importlib.import_module(f"{name}.service")
    services = [
        each for each in vars(module).values()
        if isinstance(each, type) and getattr(each, "name", None) == name
    ]
    assert services and all(issubclass(each, service_base.Service) for each in services)
