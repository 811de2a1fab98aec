"""Who is in as many sessions as one may be begins no search; of rooms, `rooms` judges."""


def test_full_player_starts_no_search(refused, services):
    services.sessions.full_players.return_value = {"alice": 100}
    services.accounts.seeker.return_value = {"kind": "player", "rating": 1500.0, "blocks": []}
    assert refused("searcher.start", "alice") == "TooManySessions"
    services.sessions.full_players.assert_called_once_with(["alice"])
    assert not services.searcher.method_calls
