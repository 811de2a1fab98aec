"""A player may be in so many active sessions; nothing of theirs begins another one then."""

import pytest

from sessions.exceptions import TooManySessions
from sessions.storage import full_players


@pytest.fixture
def service(serve):
    return serve(max_active_sessions=3)


def test_player_in_so_many_sessions_is_full(service, create):
    for _ in range(2):
        last = create()
    assert not service.full_players(["alice"])
    create(players=("carol", "Alice"))
    assert service.full_players(["bob", "ALICE", "nobody"]) == {"ALICE": 3}
    service.execute(last, "alice", {"type": "resign"}, "c1")
    assert not service.full_players(["alice"])


def test_a_player_in_too_many_sessions_asks_for_no_rematch(service, create):
    ended = create()
    for login in ("alice", "bob"):
        service.connect(ended, login, "gateway", login)
    service.execute(ended, "bob", {"type": "resign"}, "c1")
    for _ in range(3):
        create(players=("alice", "carol"))
    assert service.rematch(ended, "bob") == {"status": "asked"}
    with pytest.raises(TooManySessions) as caught:
        service.rematch(ended, "alice")
    assert caught.value.details == {"most": 3}


def test_a_player_of_very_many_sessions_is_judged_by_the_newest(service, create, monkeypatch):
    monkeypatch.setattr(full_players, "MAX_COUNTED", 3)
    for _ in range(3):
        create()
    for number in range(2):
        service.execute(create(), "alice", {"type": "resign"}, f"c{number}")
    assert not service.full_players(["alice"])
