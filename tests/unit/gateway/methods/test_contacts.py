"""Whom a player follows, blocks and has played."""

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
