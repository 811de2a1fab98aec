"""Who is connected to a gateway is told to the accounts service, whatever goes wrong."""

from unittest.mock import Mock

import pytest

from gateway import presence_lease
from gateway.connected_players import ConnectedPlayers
from gateway.presence_lease import PresenceLease
from gateway.protocol.errors import Unavailable

AWAY = Unavailable.of("no", service="accounts")


@pytest.fixture
def players():
    """Has a method that says who is connected."""
    players, connected = ConnectedPlayers(), []

    def set_to(*logins):
        for each in connected:
            players.discard(each)
        connected[:] = [Mock(login=login) for login in logins]
        for each in connected:
            players.add(each.login, each)

    players.set_to = set_to
    return players


@pytest.fixture
def lease(services, players):
    services.accounts.renew_presence.return_value = True
    return PresenceLease(services.accounts, players, "gateway")


@pytest.fixture
def told(services, lease):
    """Renews, and returns who was told to have come and to have left."""

    def told():
        services.accounts.renew_presence.reset_mock()
        lease.renew()
        calls = [each.args for each in services.accounts.renew_presence.call_args_list]
        assert all(gateway_id == "gateway" for gateway_id, *_ in calls)
        return [(sorted(arrived), sorted(left)) for _, _, arrived, left in calls]

    return told


def test_changes_alone_are_told(told, players):
    players.set_to("alice", "bob")
    assert told() == [(["alice", "bob"], [])]
    assert told() == [([], [])]
    players.set_to("bob", "carol")
    assert told() == [(["carol"], ["alice"])]


def test_gateway_without_players_tells_nothing(told, players):
    assert told() == []
    players.set_to("alice")
    assert told() == [(["alice"], [])]
    players.set_to()
    assert told() == [([], ["alice"])]
    assert told() == []


def test_lease_that_has_run_out_has_everybody_told_again(told, players, services):
    players.set_to("alice", "bob")
    told()
    services.accounts.renew_presence.return_value = False
    players.set_to("alice", "carol")
    assert told() == [(["carol"], ["bob"])]
    services.accounts.renew_presence.return_value = True
    assert told() == [(["alice"], [])]


def test_player_told_of_without_an_answer_is_told_to_have_left(told, players, services):
    players.set_to("alice")
    services.accounts.renew_presence.side_effect = AWAY
    with pytest.raises(Unavailable):
        told()
    services.accounts.renew_presence.side_effect = None
    players.set_to()
    assert told() == [([], ["alice"])]


def test_many_are_told_in_several_calls(told, players, monkeypatch):
    monkeypatch.setattr(presence_lease, "MAX_LOGINS_TOLD", 2)
    players.set_to("alice", "bob", "carol")
    [first, second] = told()
    assert (sorted(first[0] + second[0]), len(first[0])) == (["alice", "bob", "carol"], 2)


def test_renewals_are_numbered(lease, players, services):
    players.set_to("alice")
    for _ in range(3):
        lease.renew()
    numbers = [each.args[1] for each in services.accounts.renew_presence.call_args_list]
    assert numbers == [1, 2, 3]
