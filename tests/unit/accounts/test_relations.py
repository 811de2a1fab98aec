"""What players are to each other."""

import pytest

from accounts.exceptions import AccountNotFound, OwnAccount


@pytest.fixture(autouse=True)
def players(service, outbox):
    for login in ("Alice", "Bob"):
        service.create(login)
    outbox.forget()


def test_an_opponent_is_another_player_found_in_any_case(service, refused):
    assert service.opponent("Alice", "bOB") == {"login": "Bob"}
    for login, error in (("aLICE", OwnAccount), ("nobody", AccountNotFound)):
        with refused(error):
            service.opponent("Alice", login)
