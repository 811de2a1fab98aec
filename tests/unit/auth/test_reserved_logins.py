"""Logins of the server's bots are theirs alone."""

from dataclasses import replace

import pytest

from auth.exceptions import LoginTaken
from tests.unit.auth.support import PASSWORD

BOTS_PASSWORD = "the password of the bots in these tests"


@pytest.fixture
def service_with_bots(service):
    service.settings = replace(service.settings, bots_password=BOTS_PASSWORD)
    return service


@pytest.mark.parametrize("password", [PASSWORD, "", "\ud800"])
@pytest.mark.parametrize("login", ["computer-3", "Computer-3-x"])
def test_nobody_registers_as_a_bot_of_the_server(service_with_bots, refused, login, password):
    with refused(LoginTaken):
        service_with_bots.register(login, password)


def test_no_guest_is_called_like_a_bot_of_the_server(service_with_bots, refused):
    with refused(LoginTaken):
        service_with_bots.guest("computer-3")


def test_bots_of_the_server_register_by_their_password(service_with_bots):
    assert service_with_bots.register("computer-3", BOTS_PASSWORD)["login"] == "computer-3"
    assert service_with_bots.register("computers", PASSWORD)["login"] == "computers"


def test_without_a_password_of_bots_none_is_right(service, refused):
    with refused(LoginTaken):
        service.register("computer-3", "")
