"""The secret that signs tokens is changed while players play, and two instances serve them."""

import secrets

import eventlet
import pytest

from client import Refused
from tests.process import Process
from tests.stack import SETTINGS
from tools.launch.ports import free_ports

OLD, NEW = SETTINGS["TOKEN_SECRET"], "the secret that comes after it, long enough as well"
STEPS = [{"TOKEN_SECRET_NEXT": NEW}, {"TOKEN_SECRET": NEW, "TOKEN_SECRET_PREVIOUS": OLD}]
CALLS = 4  # the broker gives them to instances in turn


@pytest.fixture
def instances(stack):
    """Two instances of the auth service, which have their own settings again after the test."""
    if "auth-2" not in stack.processes:
        [metrics_port] = free_ports(1)
        settings = {**stack.settings, "METRICS_PORT": metrics_port}
        arguments = ["nameko", "run", "--config", "config.yaml", "auth.service"]
        added = stack.processes["auth-2"] = Process("auth-2", arguments, settings, stack.folder)
        stack.start("auth-2")
    else:
        added = None
    running = [stack.processes["auth"], stack.processes["auth-2"]]
    before = [each.settings for each in running]
    yield running
    for process, settings in zip(running, before, strict=True):
        restart(stack, process, settings)
    if added:
        stack.remove("auth-2")


def restart(stack, process, settings):
    process.stop()
    process.settings = settings
    stack.start(process.name)


def test_nobody_is_refused_while_the_secret_changes(stack, instances, player, rpc):
    one, refusals, changing = player(), [], True

    def play():
        while changing:
            try:
                rpc("accounts.get", one.token)
            except Refused as refusal:
                refusals.append(refusal)
            eventlet.sleep(0.05)

    def log_in():
        return rpc("auth.login", login=one.login, password=one.password)

    playing = eventlet.spawn(play)
    logins = [one.tokens]
    for step in STEPS:
        for process in instances:
            restart(stack, process, {**process.settings, "TOKEN_SECRET_NEXT": "", **step})
            logins += [log_in() for _ in range(CALLS)]
            logins = [rpc("auth.refresh", refresh_token=each["refresh_token"]) for each in logins]
            for each in logins:
                for _ in range(CALLS):
                    assert rpc("accounts.get", each["access_token"])["login"] == one.login
    changing = False
    playing.wait()
    assert refusals == []


def test_without_the_old_secret_everybody_logs_in_again(stack, player, rpc):
    one = player()
    with stack.given("auth", TOKEN_SECRET=secrets.token_hex(32)):
        with pytest.raises(Refused) as refusal:
            rpc("accounts.get", one.token)
        assert refusal.value.type == "InvalidToken"
        tokens = rpc("auth.login", login=one.login, password=one.password)
        assert rpc("accounts.get", tokens["access_token"])["login"] == one.login
