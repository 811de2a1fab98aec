"""Guests who stay away: what the auth service ends, the accounts service hears of and deletes."""

import pytest
from kombu import Connection
from nameko.testing.services import entrypoint_hook

from accounts import guest_deletions
from accounts.exceptions import AccountNotFound
from accounts.service import AccountsService
from auth.exceptions import InvalidToken, LoginTaken
from auth.service import AuthService
from tests.stack import eventually

QUEUE = guest_deletions.QUEUE.name


@pytest.fixture
def no_deletions(settings):
    """Leaves no durable queue of deletions behind."""
    with Connection(settings["AMQP_URI"]) as connection:
        channel = connection.channel()
        channel.queue_delete(QUEUE)
        yield
        channel.queue_delete(QUEUE)


def test_guest_swept_while_accounts_is_down_is_deleted_later(
    no_deletions, containers, reconfigure, cluster
):
    accounts, auth = containers(AccountsService), containers(AuthService)
    tokens = cluster.auth.guest()
    guest, registered = tokens["login"], cluster.auth.register("alice", "correct horse battery")
    for login, is_guest in ((guest, True), (registered["login"], False)):
        cluster.accounts.create(login, guest=is_guest)
    accounts.stop()
    reconfigure(guests_kept=0.0)
    with entrypoint_hook(auth, "sweep") as sweep:
        sweep()
    with pytest.raises(InvalidToken):
        cluster.auth.authenticate(tokens["access_token"])
    with pytest.raises(LoginTaken):
        cluster.auth.guest(guest)
    containers(AccountsService)

    def is_gone():
        try:
            return not cluster.accounts.get(guest)
        except AccountNotFound:
            return True

    eventually(is_gone, what="the deletion of the guest")
    assert cluster.accounts.get("alice")["kind"] == "player"
    assert cluster.auth.authenticate(registered["access_token"])
