"""What a connection is told of a session that it follows: its own view, in order, without a gap."""

from types import SimpleNamespace

import pytest

from gateway.connection import session_subscription
from gateway.connection.session_subscription import SessionSubscription
from gateway.protocol.errors import Unavailable

EVERYBODY, SPECTATORS = "session.s1.all", "session.s1.spectators"
ALICE = "session.s1.player.alice"
PLAYERS = ["alice", "bob"]


class Connection:
    """A connection that keeps what its client is told."""

    def __init__(self):
        self.told = []
        self.closed = False
        self.followers = {}
        self.missed = []
        self.asked = []
        self.meanwhile = lambda: None
        self._gateway = SimpleNamespace(services=SimpleNamespace(sessions=self))

    def notify(self, event, params):
        self.told.append((event, params))

    def history(self, session_id, viewer, since):
        self.asked.append((session_id, viewer, since))
        self.meanwhile()
        if self.missed is None:
            raise Unavailable.of("no", service="sessions")
        return {"events": [dict(event) for event in self.missed]}

    @property
    def versions(self):
        return [params.get("version") for _, params in self.told]


@pytest.fixture
def connection():
    return Connection()


@pytest.fixture
def follow(connection):
    """Follows the session as a viewer; begins at once unless told not to."""

    def follow(viewer, begin=True, version=0):
        followed = connection.followers["s1"] = SessionSubscription(connection, "s1", viewer)
        if begin:
            followed.begin({"players": PLAYERS, "version": version, "status": "active"})
        return followed

    return follow


@pytest.fixture
def later(monkeypatch):
    """What is put off until later; `later()` lets it happen."""
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


def moved(version, **beside):
    params = {"session_id": "s1", "version": version}
    return {"id": "x", "event": "session.state_changed", "params": params, **beside}


def key(about, body):
    return f"{about}.{body['event']}"


def come(followed, *versions, about=EVERYBODY):
    for version in versions:
        followed.take(key(about, moved(version)), moved(version))


class TestKeys:
    def test_a_player_may_turn_out_a_watcher_and_hears_for_both(self, follow):
        assert follow("alice", begin=False).keys == [
            f"{EVERYBODY}.#", f"{SPECTATORS}.#", f"{ALICE}.#"
        ]

    def test_who_has_no_name_hears_what_spectators_hear(self, follow):
        assert follow(None, begin=False).keys == [f"{EVERYBODY}.#", f"{SPECTATORS}.#"]

    def test_nobody_hears_what_is_for_another_player(self, follow):
        for viewer in ("alice", None):
            assert not [each for each in follow(viewer).keys if "bob" in each]


class TestOrder:
    def test_before_the_snapshot_is_sent_nothing_is_told(self, follow, connection):
        followed = follow("alice", begin=False)
        come(followed, 1, 2)
        assert connection.told == []

    def test_what_came_before_the_snapshot_is_told_after_it_but_for_what_is_in_it(
        self, follow, connection
    ):
        followed = follow("alice", begin=False)
        come(followed, 1, 2, 3)
        followed.begin({"players": PLAYERS, "version": 1, "status": "active"})
        assert connection.versions == [2, 3]

    def test_each_is_told_once_and_in_order(self, follow, connection, later):
        followed = follow("alice")
        come(followed, 1, 3, 1, 2, 3)
        assert connection.versions == [1, 2, 3]

    def test_what_is_not_stored_is_told_as_it_comes(self, follow, connection):
        body = {
            "id": "x", "event": "session.spectators_changed",
            "params": {"session_id": "s1", "spectators": 3},
        }
        follow("alice").take(key(EVERYBODY, body), body)
        assert connection.told == [("session.spectators_changed", body["params"])]


class TestWhoseView:
    @pytest.mark.parametrize(
        ("viewer", "legal"), [("alice", ["b2b3"]), ("bob", []), ("carol", []), (None, [])]
    )
    def test_the_legal_moves_of_the_viewer_are_picked_out_and_nobody_elses(
        self, follow, connection, viewer, legal
    ):
        body = moved(1, legal={"alice": ["b2b3"]})
        follow(viewer).take(key(EVERYBODY, body), body)
        [(event, params)] = connection.told
        assert event == "session.state_changed"
        assert params == {"session_id": "s1", "version": 1, "legal": legal}

    def test_what_others_share_the_message_with_is_left_as_it_was(self, follow):
        body = moved(1, legal={"alice": ["b2b3"]})
        follow("alice").take(key(EVERYBODY, body), body)
        assert body == moved(1, legal={"alice": ["b2b3"]})

    def test_a_player_is_told_what_is_for_them_and_not_what_is_for_spectators(
        self, follow, connection
    ):
        followed = follow("alice")
        come(followed, 1, about=SPECTATORS)
        come(followed, 1, about=ALICE)
        assert connection.versions == [1]
        assert connection.asked == []

    def test_a_watcher_with_a_name_is_told_what_is_for_spectators(self, follow, connection):
        come(follow("carol"), 1, about=SPECTATORS)
        assert connection.versions == [1]

    def test_what_came_early_is_sorted_out_once_it_is_known_who_plays(self, follow, connection):
        followed = follow("alice", begin=False)
        come(followed, 1, about=SPECTATORS)
        assert connection.told == []
        followed.begin({"players": PLAYERS, "version": 0, "status": "active"})
        assert connection.told == []


class TestGaps:
    EVENTS = [
        {"type": "session.state_changed", "version": 1, "at": "then", "legal": ["b2b3"]},
        {"type": "session.ended", "version": 2, "at": "then", "result": {}},
    ]

    def test_what_is_missing_is_fetched_after_a_while_and_told_in_order(
        self, follow, connection, later
    ):
        followed = follow("alice")
        connection.missed = self.EVENTS[:1]
        come(followed, 2)
        assert connection.told == connection.asked == []
        later()
        assert connection.asked == [("s1", "alice", 0)]
        assert connection.versions == [1, 2]
        assert connection.told[0] == (
            "session.state_changed",
            {"session_id": "s1", "version": 1, "at": "then", "legal": ["b2b3"]},
        )

    def test_what_comes_late_by_itself_is_not_fetched(self, follow, connection, later):
        followed = follow("alice")
        come(followed, 2, 1)
        later()
        assert connection.asked == []
        assert connection.versions == [1, 2]

    def test_it_is_fetched_once_however_many_wait_for_it(self, follow, connection, later):
        come(follow("alice"), 2, 3, 4)
        assert later() == 1

    def test_where_it_cannot_be_fetched_it_is_tried_again(self, follow, connection, later):
        followed = follow("alice")
        connection.missed = None
        come(followed, 2)
        later()
        connection.missed = self.EVENTS
        later()
        assert connection.versions == [1, 2]

    @pytest.mark.parametrize("gone", ["closed", "followed anew", "left"])
    def test_for_who_has_gone_nothing_is_fetched(self, follow, connection, later, gone):
        come(follow("alice"), 2)
        if gone == "closed":
            connection.closed = True
        elif gone == "followed anew":
            follow("alice", begin=False)
        else:
            connection.followers.clear()
        later()
        assert connection.asked == []

    @pytest.mark.parametrize("gone", ["closed", "followed anew", "left"])
    def test_who_goes_while_it_is_fetched_is_told_nothing_of_it(
        self, follow, connection, gone
    ):
        followed = follow("alice")
        connection.missed = self.EVENTS

        def go():
            if gone == "closed":
                connection.closed = True
            elif gone == "followed anew":
                follow("alice", version=2)
            else:
                connection.followers.clear()

        connection.meanwhile = go
        followed.fill()
        assert len(connection.asked) == 1 and connection.told == []

    def test_what_was_not_told_for_one_that_followed_anew_in_vain_is_fetched_again(
        self, follow, connection, later
    ):
        followed = follow("alice")
        connection.missed = self.EVENTS
        connection.meanwhile = lambda: follow("alice", begin=False)
        come(followed, 2)
        later()
        connection.meanwhile = lambda: None
        anew, connection.followers["s1"] = connection.followers["s1"], followed
        anew.hand_over(followed)
        later()
        assert connection.versions == [1, 2]

    def test_after_the_link_was_down_everything_since_is_fetched(
        self, follow, connection, later
    ):
        followed = follow("alice", version=0)
        connection.missed = self.EVENTS
        followed.fill()
        assert connection.versions == [1, 2]
        come(followed, 1, 2)
        assert connection.versions == [1, 2]

    def test_before_the_snapshot_there_is_nothing_to_fetch(self, follow, connection):
        follow("alice", begin=False).fill()
        assert connection.asked == []


def test_what_could_not_be_fetched_is_fetched_later_though_no_gap_tells_of_it(
    follow, connection, later
):
    followed = follow("alice")
    connection.missed = None
    followed.fill()
    connection.missed = [{"version": 1, "at": "now", "type": "session.draw_offered"}]
    later()
    assert connection.versions == [1]
    later()
    assert len(connection.asked) == 2
