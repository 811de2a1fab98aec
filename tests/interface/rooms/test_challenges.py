"""Challenges over the broker: each ends once, whoever asks for what at the same time."""

import eventlet

from rooms import exceptions


def test_a_challenge_is_told_to_both_and_accepted_by_one(service, sessions, ear):
    room = service.challenge("alice", "bob", "dobutsu", {}, "second")
    assert service.challenges("bob") == {"items": [room], "next": None}
    answer = service.accept(room["room_id"], "bob")
    assert (answer["players"], answer["session_id"]) == (["bob", "alice"], "session-1")
    assert [(heard.event, sorted(heard.players)) for heard in ear.rest()] == [
        (f"room.{event}", ["alice", "bob"]) for event in ("challenged", "player_joined", "filled")
    ]
    [(asked, named)] = sessions.asked("create")
    assert (asked[3], named) == (["bob", "alice"], {"private": True})
    assert service.get(room["room_id"], "alice") == answer


def test_a_challenge_ends_once_however_many_want_that_at_once(service, ear):
    room_id = service.challenge("alice", "bob", "dobutsu", {})["room_id"]

    def end(call):
        try:
            getattr(service, call[0])(room_id, call[1])
        except (exceptions.RoomClosed, exceptions.AlreadyInRoom):
            pass

    calls = [("accept", "bob"), ("close", "alice"), ("decline", "bob")] * 5
    list(eventlet.GreenPool().imap(end, calls))
    ended = [heard.event for heard in ear.rest()][1:]
    assert ended in (
        ["room.player_joined", "room.filled"], ["room.closed"], ["room.declined"]
    )


def test_a_challenge_to_several_begins_once_all_accept_at_once(service, sessions, ear):
    others = [(f"player-{number}", False) for number in range(6)]
    room = service.challenge("alice", "bob", "dobutsu", {}, others=others)
    logins = ["bob", *room["others"]] * 2

    def accept(login):
        try:
            return service.accept(room["room_id"], login)["session_id"]
        except exceptions.AlreadyInRoom:
            return None

    assert set(eventlet.GreenPool().imap(accept, logins)) == {None, "session-1"}
    [(asked, _)] = sessions.asked("create")
    assert sorted(asked[3]) == sorted(["alice", *logins[:7]])
    assert [heard.event for heard in ear.rest()] == [
        "room.challenged", *["room.player_joined"] * 7, "room.filled"
    ]


def test_a_challenge_with_days_outlives_its_owners_absence(service, reconfigure, ear):
    reconfigure(room_ttl=0.2)
    kept = service.challenge("alice", "bob", "dobutsu", {"clock": {"days": 1, "vacation": 0}})
    service.create("carol", "dobutsu", {})
    assert [ear.next().event for _ in range(2)] == ["room.challenged", "room.closed"]
    answer = service.accept(kept["room_id"], "bob")
    assert (answer["status"], answer["session_id"]) == ("filled", "session-1")
