"""Connections that are made many at once: in one transaction, each answered by itself."""

import pytest
from nameko.exceptions import deserialize

from arbiter_games.dobutsu import Dobutsu
from extensions import json_codec
from extensions.errors import StorageAway, StorageBusy
from sessions import connect_processor
from sessions.connect_processor import ConnectProcessor
from sessions.exceptions import SessionNotFound
from sessions.storage.connects import ConnectTransaction
from tests.unit.sessions.conftest import LEASE

CONNECTED, DISCONNECTED = "session.player_connected", "session.player_disconnected"


def request(session_id, login, connection_id=None, **rest):
    connection_id = connection_id or f"of {login}"
    return {
        "session_id": session_id, "connection_id": connection_id, "gateway_id": "gateway",
        "login": login, **rest,
    }


def sessions(answers):
    return [answer["result"]["session"] for answer in answers]


def test_each_is_answered_by_itself(service, session_id, create, outbox):
    other = create()
    answers = service.connect_many([
        request(session_id, "alice"), request("nowhere", "alice"), request(other, None, "watcher"),
        request(other, "bob"),
    ])
    refusal = deserialize(answers.pop(1)["error"])
    assert type(refusal) is SessionNotFound and refusal.details == {"session_id": "nowhere"}
    assert [each["session_id"] for each in sessions(answers)] == [session_id, other, other]
    assert [each["connected"] for each in sessions(answers)] == [["alice"], [], ["bob"]]
    assert [each["spectators"] for each in sessions(answers)] == [0, 1, 1]
    assert [each["login"] for each in outbox.hear(CONNECTED)] == ["alice", "bob"]


def test_no_connections_have_no_answers(service, silent):
    with silent():
        assert service.connect_many([]) == []


def test_the_answer_is_that_of_connecting_alone(service, session_id, create, play, clock):
    play("b2b3", "a4a3")
    alone = service.connect(session_id, "one", "gateway", "alice", 1)
    service.disconnect(session_id, "one")
    [answer] = service.connect_many([request(session_id, "alice", "other", since=3)])
    again = answer["result"]
    assert again["session"] == {**alone["session"], "version": 5}
    assert [each["version"] for each in again["events"]] == [4, 5]
    assert alone["events"][-1] == {**again["events"][-1], "version": 3}


def test_many_missed_events_come_in_a_first_page(service, session_id, play, monkeypatch):
    monkeypatch.setattr(connect_processor, "MAX_EVENTS", 2)
    play("b2b3", "a4a3", "c1c2", "a3a4")
    answers = service.connect_many([
        request(session_id, "alice", since=each) for each in (0, 1, 2, 3, 4, 9)
    ] + [request(session_id, None, since=0)])
    shown = [[event["version"] for event in each["result"]["events"]] for each in answers]
    assert shown == [[1, 2], [2, 3], [3, 4], [4, 5], [5], [], [1, 2]]
    assert [each["result"]["next"] for each in answers] == [2, 3, 4, None, None, None, 2]


def test_missed_events_are_bounded_in_bytes(service, session_id, play, monkeypatch):
    monkeypatch.setattr(connect_processor, "MAX_MISSED_BYTES", 1)
    play("b2b3", "a4a3")
    answer = service.connect(session_id, "one", "gateway", "alice", 0)
    assert [event["version"] for event in answer["events"]] == [1]
    assert answer["next"] == 1
    assert service.connect(session_id, "one", "gateway", "alice", 3)["next"] is None


def test_missed_events_of_a_batch_share_a_bound_in_bytes(service, session_id, play, monkeypatch):
    play("b2b3", "a4a3", "c1c2", "a3a4")
    [alone] = service.connect_many([request(session_id, None, since=0)])
    size = len(json_codec.encode(alone["result"]["events"]))
    monkeypatch.setattr(connect_processor, "MAX_BATCH_MISSED_BYTES", 2 * size)
    up_to_date = [request(session_id, None, f"{each}", since=4) for each in range(4)]

    def shown(number):
        behind = [request(session_id, None, f"behind {each}", since=0) for each in range(number)]
        answers = [each["result"] for each in service.connect_many([*behind, *up_to_date])]
        return {(len(each["events"]), each["next"]) for each in answers[:number]}

    assert shown(2) == {(4, None)}
    assert shown(4) == {(2, 2)}
    assert shown(64) == {(1, 1)}  # each gets on


def test_missed_events_of_a_batch_share_a_bound_in_number(service, session_id, play, monkeypatch):
    play("b2b3", "a4a3", "c1c2", "a3a4")
    monkeypatch.setattr(connect_processor, "MAX_BATCH_MISSED_EVENTS", 6)
    read, events_since = [], ConnectTransaction.events_since

    def count(*arguments):
        found = events_since(*arguments)
        read.append(sum(map(len, found.values())))
        return found

    monkeypatch.setattr(ConnectTransaction, "events_since", count)
    behind = [request(session_id, None, f"behind {each}", since=each) for each in range(3)]
    # What one of the batch does comes after the events that others have still to ask for.
    answers = service.connect_many([request(session_id, "alice"), *behind])
    shown = [[event["version"] for event in each["result"]["events"]] for each in answers]
    assert shown == [[], [1, 2], [2, 3], [3, 4]] and read == [6]
    assert [each["result"]["next"] for each in answers[1:]] == [2, 3, 4]
    service.connect_many([request(session_id, None, str(each), since=each) for each in range(5)])
    assert read[-1] == 5  # each gets on


def test_both_players_of_a_session_can_come_together(service, session_id, outbox):
    answers = service.connect_many([
        request(session_id, "alice", since=0), request(session_id, "bob", since=0),
    ])
    assert [each["version"] for each in sessions(answers)] == [1, 2]
    assert [each["connected"] for each in sessions(answers)] == [["alice"], ["alice", "bob"]]
    events = [[each["login"] for each in answer["result"]["events"]] for answer in answers]
    assert events == [["alice"], ["alice", "bob"]]
    assert [each["version"] for each in outbox.hear(CONNECTED)] == [1, 2]


def test_the_same_connection_twice_counts_once(service, session_id, outbox):
    same = request(session_id, "alice")
    for _ in range(2):
        answers = service.connect_many([same, same])
        assert [each["connected"] for each in sessions(answers)] == [["alice"]] * 2
    assert len(outbox.hear(CONNECTED)) == 1
    service.disconnect(session_id, "of alice")
    assert service.get(session_id)["connected"] == []


def test_events_are_read_from_the_version_that_each_has(service, session_id, create, play):
    other = create()
    play("b2b3", "a4a3", "c1c2")
    answers = service.connect_many([
        request(session_id, None, "1", since=2), request(session_id, None, "2", since=0),
        request(session_id, None, "3", since=3), request(session_id, None, "4"),
        request(other, None, "5", since=0),
    ])
    versions = [[event["version"] for event in each["result"]["events"]] for each in answers]
    assert versions == [[3], [1, 2, 3], [], [], []]


def test_no_events_are_read_where_none_were_missed(service, session_id, play, statements):
    play("b2b3", "a4a3")
    said = statements(lambda: service.connect_many([
        request(session_id, "alice", since=2), request(session_id, "bob", since=2)
    ]))
    assert not [each for each in said if "SELECT" in each and "session_events" in each]


def test_a_batch_needs_no_more_statements_than_one(service, create, statements):
    def connect(number):
        ids = [create() for _ in range(number)]
        requests = [request(each, "alice", since=0) for each in ids]
        return len(statements(lambda: service.connect_many(requests)))

    assert connect(20) == connect(1)


@pytest.mark.parametrize("shown", ["snapshot", "events"])
def test_a_game_that_fails_touches_no_other(service, session_id, create, play, shown, monkeypatch):
    play("b2b3")
    faulty = create("faulty")
    service.execute(faulty, "alice", {"type": "move", "move": "b2b3"}, "1")
    if shown == "snapshot":
        service.execute(faulty, "bob", {"type": "move", "move": "a4a3"}, "2")
        monkeypatch.setattr(Dobutsu, "view", fail_for_faulty(Dobutsu.view))
    else:
        monkeypatch.setattr("sessions.views.event_view", fail_for_faulty_match)
    answers = service.connect_many([
        request(session_id, "alice", since=5), request(faulty, "alice", since=0),
        request(session_id, "bob", since=5),
    ])
    assert ["error" in each for each in answers] == [False, True, False]
    assert service.history(session_id, since=5)["events"] == []


def fail_for_faulty(view):
    def failing(self, state, player):
        if self.name == "faulty":
            raise RuntimeError("a mistake in the game")
        return view(self, state, player)

    return failing


def fail_for_faulty_match(match, event, viewer):
    raise RuntimeError(f"a mistake in the game {match.game.name}")


def test_a_new_gateway_gets_a_lease(service, session_id, clock, outbox):
    service.connect_many([
        request(session_id, "alice", gateway_id="one"), request(session_id, "bob", gateway_id="two")
    ])
    clock.advance(LEASE - 1)
    assert service.renew("one") is False
    clock.advance(2)
    service.drop_lost_gateways()
    assert [each["login"] for each in outbox.hear(DISCONNECTED)] == ["bob"]


def test_each_has_its_own_request_id(service, session_id, outbox, lines):
    service.connect_many([
        request(session_id, "alice", request_id="c0ffee"),
        request(session_id, "bob", request_id="decade"), request("nowhere", None, "watcher"),
    ])
    assert [each.request_id for each in outbox.sent] == ["c0ffee", "decade"]
    logged = [line for line in lines() if line["message"] == "connect"]
    assert [(each["request_id"], each["login"], each["outcome"]) for each in logged] == [
        ("c0ffee", "alice", "ok"), ("decade", "bob", "ok"), (None, None, "SessionNotFound")
    ]


def test_one_that_cannot_be_stored_touches_no_other(service, session_id, create, monkeypatch):
    other, save = create(), ConnectTransaction.save

    def failing(self, changes, leases, lease_until):
        if (other, "of bob") in changes.connections:
            raise StorageBusy("locked by others")
        save(self, changes, leases, lease_until)

    monkeypatch.setattr(ConnectTransaction, "save", failing)
    answers = service.connect_many([request(session_id, "alice"), request(other, "bob")])
    assert ["error" in each for each in answers] == [False, True]
    assert service.get(session_id)["connected"] == ["alice"]
    assert service.get(other)["connected"] == []


def test_a_database_that_is_away_is_asked_once(service, session_id, monkeypatch):
    asked = []

    def fail(self, requests):
        asked.append(requests)
        raise StorageAway("away")

    monkeypatch.setattr(ConnectProcessor, "_process", fail)
    answers = service.connect_many([request(session_id, "alice"), request(session_id, "bob")])
    assert [type(deserialize(each["error"])) for each in answers] == [StorageAway] * 2
    assert len(asked) == 1
