"""Whom a player follows, blocks and has played."""

import json

import pytest

from accounts.exceptions import AccountNotFound
from gateway.protocol import rate_limits
from gateway.protocol.rate_limits import Limit, Limits
from tests.unit.gateway.methods.test_rooms import CHALLENGE


def test_block_hides_the_challenges_of_the_player(call, services):
    services.accounts.block.return_value = "Bob"
    assert call("accounts.block", "alice", login="bob") == {}
    services.rooms.hide_challenges.assert_called_once_with("Bob", "alice")


def test_challenge_to_a_player_who_has_blocked_one_is_hidden(call, services):
    services.accounts.opponent.return_value = {"login": "Bob", "has_blocked": True}
    services.rooms.challenge.return_value = CHALLENGE
    assert call("rooms.challenge", "alice", login="bob") == CHALLENGE
    assert services.rooms.challenge.call_args.kwargs["hidden"] is True


def test_recent_opponents_are_named_once_the_latest_first(call, services):
    games = [["bob", "alice"], ["alice", "carol"], ["alice", "bob"]]
    services.sessions.list.return_value = {"items": [{"players": each} for each in games]}
    contact = {"login": "bob", "display_name": "Bob", "kind": "player", "online": True}
    services.accounts.contacts.return_value = [contact]
    assert call("accounts.recent", "alice") == {"items": [contact]}
    services.accounts.contacts.assert_called_once_with("alice", ["bob", "carol"])


class TestLimits:
    @pytest.fixture
    def limits(self, monkeypatch):
        monkeypatch.setattr(rate_limits, "CONTACTS", Limit(burst=2, interval_seconds=1000.0))
        return Limits()

    def test_followed_and_blocked_are_counted_by_address(self, answer, services):
        def ask(method, caller, address="10.0.0.1"):
            params = {"login": "dora"}
            message = {"jsonrpc": "2.0", "id": 1, "method": f"accounts.{method}", "params": params}
            return answer(json.dumps(message), f"{caller}-token", address=address).refusal

        services.accounts.block.return_value = "dora"
        services.accounts.follow.side_effect = AccountNotFound.of("no", login="dora")
        assert [ask("follow", "alice") for _ in range(3)] == ["AccountNotFound"] * 3
        services.accounts.follow.side_effect = None
        assert [ask("follow", "alice"), ask("block", "bob")] == [None, None]
        assert [ask("follow", "bob"), ask("block", "alice")] == ["RateLimited"] * 2
        assert [ask("unfollow", "alice"), ask("follow", "alice", "10.0.0.2")] == [None, None]
