"""Who is in as many sessions as one may be begins no other."""

import pytest

from sessions.exceptions import TooManySessions


@pytest.mark.parametrize(("method", "params"), [
    ("rooms.create", {}), ("rooms.challenge", {"login": "bob"}), ("private_rooms.create", {}),
    ("searcher.start", {}),
])
def test_nothing_is_started_by_a_player_of_too_many_sessions(refused, services, method, params):
    services.sessions.require_vacancy.side_effect = TooManySessions.of("no", most=100)
    services.accounts.get.return_value = {
        "kind": "player", "ratings": {"dobutsu": {"rating": 1500.0}}
    }
    assert refused(method, "alice", **params) == "TooManySessions"
    services.sessions.require_vacancy.assert_called_once_with("alice")
    assert not services.rooms.method_calls and not services.private_rooms.method_calls
    assert not services.searcher.method_calls
