"""Guests who stay away: what the auth service ends, others hear of, and end what they have."""

import pytest
from kombu import Connection
from nameko.testing.services import entrypoint_hook

from accounts.exceptions import AccountNotFound
from accounts.service import AccountsService
from auth.exceptions import InvalidToken, LoginTaken
from auth.service import AuthService
from private_rooms.service import PrivateRoomsService
from rooms.service import RoomsService
from sessions.service import SessionsService
from tests.stack import eventually

QUEUES = [
    f"{service}.guest_deletions" for service in ("accounts", "private_rooms", "rooms", "sessions")
]
UNRATED = {"rated": False}


@pytest.fixture(autouse=True)
def no_deletions(settings):
    """Leaves no durable queue of deletions behind."""
    with Connection(settings["AMQP_URI"]) as connection:
        channel = connection.channel()
        yield
        for queue in QUEUES:
            channel.queue_delete(queue)


def test_guest_swept_while_accounts_is_down_is_deleted_later(
    containers, reconfigure, cluster
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


def test_games_are_resigned_and_rooms_left_of_a_guest_swept(containers, reconfigure, cluster):
    auth = containers(AuthService)
    containers(SessionsService, RoomsService, PrivateRoomsService)
    guest = cluster.auth.guest()["login"]
    game = cluster.sessions.create("key", "dobutsu", UNRATED, [guest, "alice"])
    rooms = [
        kind.create(guest, "dobutsu", UNRATED, guest=True)["room_id"]
        for kind in (cluster.rooms, cluster.private_rooms)
    ]
    challenges = [
        cluster.rooms.challenge(owner, challenged, "dobutsu", UNRATED)["room_id"]
        for owner, challenged in ((guest, "alice"), ("alice", guest))
    ]
    other = cluster.rooms.create("alice", "dobutsu", {})["room_id"]
    reconfigure(guests_kept=0.0)
    with entrypoint_hook(auth, "sweep") as sweep:
        sweep()

    def open_rooms():
        shown = cluster.rooms.get_many([*rooms, *challenges, other])
        return [room_id for room_id, room in shown.items() if room["status"] == "open"]

    eventually(lambda: open_rooms() == [other], what="the end of the guest's rooms")
    eventually(lambda: cluster.sessions.get(game)["result"], what="the end of the game")
    result = cluster.sessions.get(game)["result"]
    assert (result["winner"], result["reason"]) == ("alice", "resignation")
