"""A subscription to a session: the viewer's own events, in order, without gaps."""

import json

import pytest

from gateway.broker.service_event import ServiceEvent
from gateway.connection import session_subscription
from gateway.connection.session_subscription import SessionSubscription
from gateway.protocol.errors import Unavailable
from sessions.exceptions import GameFailed, GameSuspended

EVERYBODY, SPECTATORS = "session.s1.all", "session.s1.spectators"
ALICE = "session.s1.player.alice"
PLAYERS = ["alice", "bob"]


class Client:
    """What a subscription works with: the session service, and the client that is told."""

    def __init__(self):
        self.told = []
        self.current = None
        self.missed = []
        self.page_size = 100
        self.asked = []
        self.meanwhile = lambda: None

    def send_event(self, event, notification):
        message = json.loads(notification)
        assert message["method"] == event
        self.told.append((event, message["params"]))

    def is_current(self, subscription):
        return self.current is subscription

    def history(self, session_id, viewer, since):
        self.asked.append((session_id, viewer, since))
        self.meanwhile()
        if isinstance(self.missed, Exception):
            raise self.missed
        events = [dict(event) for event in self.missed if event["version"] > since]
        page = events[:self.page_size]
        return {"events": page, "next": page[-1]["version"] if page != events else None}

    @property
    def versions(self):
        return [params.get("version") for _, params in self.told]


@pytest.fixture
def client():
    return Client()


@pytest.fixture
def subscribe(client):
    """Subscribes to the session as a viewer; begins at once unless told not to."""

    def subscribe(viewer, begin=True, version=0):
        subscription = client.current = SessionSubscription(
            "s1", viewer, client, client.send_event, client.is_current
        )
        if begin:
            subscription.begin({"players": PLAYERS, "version": version, "status": "active"})
        return subscription

    return subscribe


@pytest.fixture
def later(monkeypatch):
    """Calls what was put off until later, and returns how many there were."""
    waiting = []
    monkeypatch.setattr(
        session_subscription.eventlet, "spawn_after", lambda seconds, action: waiting.append(action)
    )

    def later():
        due, waiting[:] = list(waiting), []
        for action in due:
            action()
        return len(due)

    return later


def changed(version, about=EVERYBODY, legal=None):
    """An event of the session that changes its state."""
    name, params = "session.state_changed", {"session_id": "s1", "version": version}
    return ServiceEvent(name, params, "x", about, legal=legal)


def arrive(subscription, *versions, about=EVERYBODY):
    for version in versions:
        subscription.take(changed(version, about))


class TestOrder:
    def test_nothing_is_delivered_before_the_snapshot(self, subscribe, client):
        subscription = subscribe("alice", begin=False)
        arrive(subscription, 1, 2)
        assert client.told == []

    def test_early_events_follow_the_snapshot(self, subscribe, client):
        subscription = subscribe("alice", begin=False)
        arrive(subscription, 1, 2, 3)
        subscription.begin({"players": PLAYERS, "version": 1, "status": "active"})
        assert client.versions == [2, 3]

    def test_each_event_is_delivered_once_and_in_order(self, subscribe, client, later):
        subscription = subscribe("alice")
        arrive(subscription, 1, 3, 1, 2, 3)
        assert client.versions == [1, 2, 3]

    def test_event_without_a_version_is_delivered_at_once(self, subscribe, client):
        name, params = "session.spectators_changed", {"session_id": "s1", "spectators": 3}
        subscribe("alice").take(ServiceEvent(name, params, "x", f"{EVERYBODY}.{name}"))
        assert client.told == [(name, params)]


class TestViews:
    @pytest.mark.parametrize(
        ("viewer", "legal"), [("alice", ["b2b3"]), ("bob", []), ("carol", []), (None, [])]
    )
    def test_viewer_gets_their_own_legal_moves_only(self, subscribe, client, viewer, legal):
        subscribe(viewer).take(changed(1, legal={"alice": ["b2b3"]}))
        assert client.told == [
            ("session.state_changed", {"session_id": "s1", "version": 1, "legal": legal})
        ]

    def test_event_is_shared_and_stays_unchanged(self, subscribe):
        event = changed(1, legal={"alice": ["b2b3"]})
        subscribe("alice").take(event)
        assert event == changed(1, legal={"alice": ["b2b3"]})

    def test_player_gets_nothing_that_is_for_spectators(self, subscribe, client):
        subscription = subscribe("alice")
        arrive(subscription, 1, about=SPECTATORS)
        arrive(subscription, 1, about=ALICE)
        assert client.versions == [1]
        assert client.asked == []

    def test_spectator_with_a_login_gets_what_spectators_do(self, subscribe, client):
        arrive(subscribe("carol"), 1, about=SPECTATORS)
        assert client.versions == [1]

    def test_spectating_player_gets_spectator_events(self, subscribe, client):
        subscription = subscribe(None)  # before the connection was authenticated
        arrive(subscription, 1, about=ALICE)
        assert client.told == []
        arrive(subscription, 1, about=SPECTATORS)
        assert client.versions == [1]

    def test_early_events_are_filtered_once_the_players_are_known(self, subscribe, client):
        subscription = subscribe("alice", begin=False)
        arrive(subscription, 1, about=SPECTATORS)
        subscription.begin({"players": PLAYERS, "version": 0, "status": "active"})
        assert client.told == []


class TestGaps:
    EVENTS = [
        {"type": "session.state_changed", "version": 1, "at": "then", "legal": ["b2b3"]},
        {"type": "session.ended", "version": 2, "at": "then", "result": {}},
    ]

    def test_missing_event_is_fetched_after_a_while(self, subscribe, client, later):
        client.missed = self.EVENTS[:1]
        arrive(subscribe("alice"), 2)
        assert client.told == client.asked == []
        later()
        assert client.asked == [("s1", "alice", 0)]
        assert client.versions == [1, 2]
        assert client.told[0] == (
            "session.state_changed",
            {"session_id": "s1", "version": 1, "at": "then", "legal": ["b2b3"]},
        )

    def test_event_that_arrives_late_is_not_fetched(self, subscribe, client, later):
        arrive(subscribe("alice"), 2, 1)
        later()
        assert client.asked == []
        assert client.versions == [1, 2]

    def test_gap_is_fetched_once(self, subscribe, later):
        arrive(subscribe("alice"), 2, 3, 4)
        assert later() == 1

    def test_all_pages_are_fetched(self, subscribe, client):
        client.missed, client.page_size = self.EVENTS, 1
        subscribe("alice").fetch_missed()
        assert client.versions == [1, 2]
        assert client.asked == [("s1", "alice", 0), ("s1", "alice", 1)]

    @pytest.mark.parametrize("error", [
        Unavailable("away"), GameFailed("it has taken too long"), GameSuspended("it has failed"),
    ])
    def test_failed_fetch_is_repeated(self, subscribe, client, later, error):
        client.missed = error
        arrive(subscribe("alice"), 2)
        later()
        client.missed = self.EVENTS
        later()
        assert client.versions == [1, 2]

    def test_failed_fetch_without_a_gap_is_repeated(self, subscribe, client, later):
        client.missed = Unavailable("away")
        subscribe("alice").fetch_missed()
        client.missed = [{"version": 1, "at": "now", "type": "session.draw_offered"}]
        later()
        assert client.versions == [1]
        later()
        assert len(client.asked) == 2

    def test_replaced_subscription_fetches_nothing(self, subscribe, client, later):
        arrive(subscribe("alice"), 2)
        client.current = None
        later()
        assert client.asked == []

    def test_subscription_replaced_while_fetching_delivers_nothing(self, subscribe, client):
        subscription = subscribe("alice")
        client.missed = self.EVENTS

        def replace():
            client.current = None

        client.meanwhile = replace
        subscription.fetch_missed()
        assert len(client.asked) == 1 and client.told == []

    def test_replaced_subscription_that_returns_fetches_again(self, subscribe, client, later):
        subscription = subscribe("alice")
        client.missed = self.EVENTS
        client.meanwhile = lambda: subscribe("alice", begin=False)
        arrive(subscription, 2)
        later()
        client.meanwhile = lambda: None
        replacement, client.current = client.current, subscription
        replacement.hand_over(subscription)
        later()
        assert client.versions == [1, 2]

    def test_fetched_events_that_arrive_later_are_dropped(self, subscribe, client):
        subscription = subscribe("alice")
        client.missed = self.EVENTS
        subscription.fetch_missed()
        assert client.versions == [1, 2]
        arrive(subscription, 1, 2)
        assert client.versions == [1, 2]

    def test_nothing_is_fetched_before_the_snapshot(self, subscribe, client):
        subscribe("alice", begin=False).fetch_missed()
        assert client.asked == []
