"""Delivery of events to clients when some come twice, late or not at all."""

import json

import amqp
import pytest
from kombu import Connection

from tests.client import CheckedClient
from tests.e2e.playing import RESIGN, begin, both_move, by_room, wait_for_version
from tests.interface.tap import Tap

INBOX, SESSION_EVENTS = "gateway.events", "session.events"


@pytest.fixture
def amqp_uri(stack):
    return stack.settings["AMQP_URI"]


@pytest.fixture
def tap(amqp_uri):
    tap = Tap(amqp_uri, SESSION_EVENTS, "room.events", "searcher_service.events")
    yield tap
    tap.close()


@pytest.fixture
def channel(amqp_uri):
    with Connection(amqp_uri) as connection:
        channel = connection.default_channel
        yield channel
        channel.exchange_bind(INBOX, SESSION_EVENTS)


def test_an_event_published_twice_is_delivered_once(two_players, tap, channel):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    for heard in tap.rest():
        headers = {"CC": heard.copies} if heard.copies else {}
        message = amqp.Message(json.dumps(heard.body), application_headers=headers)
        channel.basic_publish(message, exchange=heard.exchange, routing_key=heard.routing_key)
    assert by_room(two_players[0], two_players[1])
    for player in two_players:
        player.wait_for("room.filled")
        assert {event["method"] for event in player.fence()} == {
            "room.player_joined", "session.created"
        }
        assert len(player.events) == 2
    ended = one.command(session_id, RESIGN)["version"]
    assert other.wait_for("session.ended")["version"] == ended == last + 1


def test_an_event_that_was_lost_on_its_way_is_fetched(two_players, connect, channel):
    one, other = two_players
    session_id = begin(one, other)
    watcher = connect(CheckedClient)
    watcher.call("sessions.connect", session_id=session_id)
    channel.exchange_unbind(INBOX, SESSION_EVENTS)
    lost = one.move(session_id, "b2b3")
    channel.exchange_bind(INBOX, SESSION_EVENTS)
    last = other.move(session_id, "b4b3")
    for client in (one, other, watcher):
        for version in (lost, last):
            event = wait_for_version(client, session_id, version)
            legal = one if version == last else other
            assert bool(event["legal"]) == (client is legal)


def test_connecting_again_and_again_tells_everything_once(two_players):
    one, other = two_players
    session_id = begin(one, other)
    questions = [other.ask("sessions.connect", session_id=session_id) for _ in range(5)]
    version = one.move(session_id, "b2b3")
    for number in questions:
        assert other.answer(number)["result"]["session"]["session_id"] == session_id
    other.call("sessions.connect", session_id=session_id)
    other.forget()
    assert other.move(session_id, "b4b3") == version + 1
    for player in two_players:
        wait_for_version(player, session_id, version + 1)
    assert other.fence() == []


def test_each_player_sees_only_their_own_legal_moves(two_players, connect):
    one, other = two_players
    session_id = begin(one, other)
    watcher = connect(CheckedClient)
    watcher.call("sessions.connect", session_id=session_id)
    for mover, move in ((one, "b2b3"), (other, "b4b3")):
        version = mover.move(session_id, move)
        for client in (one, other, watcher):
            event = wait_for_version(client, session_id, version)
            assert bool(event["legal"]) == (
                client is not watcher and client.login in event["to_move"]
            )
            history = client.call("sessions.history", session_id=session_id, since=version - 1)
            assert history["events"][0]["legal"] == event["legal"]
