"""Connections of players and spectators, and what follows when they are gone."""

import pytest

from extensions.storage.downtime import TOLERATED_PAUSE_SECONDS
from sessions.exceptions import NotAMember, SessionEnded, SessionNotFound
from tests.unit.sessions.conftest import GRACE, LEASE, OPTIONS

CONNECTED, DISCONNECTED = "session.player_connected", "session.player_disconnected"
STATE_CHANGED, ENDED = "session.state_changed", "session.ended"


class TestConnect:
    def test_the_snapshot_shows_the_player_connected(self, service, connect, outbox):
        answer = connect("alice")
        assert answer["events"] == []
        assert (answer["session"]["version"], answer["session"]["connected"]) == (1, ["alice"])
        assert answer["session"]["legal"]
        assert [announced["login"] for announced in outbox.hear(CONNECTED)] == ["alice"]

    def test_only_a_players_first_connection_is_announced(self, connect, silent):
        connect("alice", "first")
        with silent():
            assert connect("alice", "second")["session"]["version"] == 1
            connect("alice", "first")

    def test_others_than_players_are_spectators(self, service, session_id, connect, silent):
        with silent():
            answers = [connect("carol"), connect(None, "anonymous")]
        session = answers[-1]["session"]
        assert (session["connected"], session["spectators"], session["version"]) == ([], 2, 0)
        assert (session["legal"], session["claims"]) == ([], [])

    def test_spectators_are_counted_by_the_database(self, connect, statements):
        for number in range(5):
            connect(None, str(number))
        [read] = [
            each for each in statements(lambda: connect(None, "another")) if "SELECT" in each
        ]
        assert "count(*)" in read and "GROUP BY player" in read
        assert connect(None, "another")["session"]["spectators"] == 6

    def test_a_spectators_connection_can_become_a_players(self, connect, outbox):
        assert connect(None, "this one")["session"]["spectators"] == 1
        session = connect("alice", "this one")["session"]
        assert (session["connected"], session["spectators"]) == (["alice"], 0)
        assert [event for event, _ in outbox.heard] == [CONNECTED]

    def test_since_returns_the_events_after_a_version(self, connect, play):
        connect("alice")
        play("b2b3", "a4a3")
        answer = connect("bob", since=1)
        assert [(event["version"], event["type"]) for event in answer["events"]] == [
            (2, STATE_CHANGED), (3, STATE_CHANGED), (4, CONNECTED)
        ]
        assert answer["session"]["version"] == 4

    @pytest.mark.parametrize("since", [1, 2, 2**31 - 1])
    def test_a_current_since_returns_no_events(self, connect, since):
        connect("alice")
        assert connect("alice", since=since)["events"] == []

    def test_an_ended_session_can_be_watched(self, service, session_id, execute, connect, silent):
        execute("alice", "resign")
        with silent():
            assert connect("alice")["session"]["connected"] == ["alice"]
            service.disconnect(session_id, "of alice")
        assert len(service.history(session_id)["events"]) == 1

    def test_an_unknown_session_is_not_found(self, service, refused):
        with refused(SessionNotFound):
            service.connect("nowhere", "connection", "gateway", "alice")


class TestDisconnect:
    def test_the_last_disconnection_is_announced_with_a_deadline(
        self, service, session_id, connect, outbox, clock, silent
    ):
        connect("alice", "first")
        connect("alice", "second")
        with silent():
            service.disconnect(session_id, "first")
        service.disconnect(session_id, "second")
        [announced] = outbox.hear(DISCONNECTED)
        assert (announced["login"], announced["version"]) == ("alice", 2)
        assert announced["deadline"] == "2023-11-14T22:13:51.000Z"
        assert service.get(session_id)["connected"] == []

    def test_an_unknown_connection_is_no_member(self, service, session_id, connect, refused):
        connect("alice")
        with refused(NotAMember):
            service.disconnect(session_id, "another")
        service.disconnect(session_id, "of alice")
        with refused(NotAMember):
            service.disconnect(session_id, "of alice")

    def test_an_unknown_session_is_not_found(self, service, refused):
        with refused(SessionNotFound):
            service.disconnect("nowhere", "connection")

    def test_closed_connections_leave_all_their_sessions(
        self, service, session_id, create, connect, outbox
    ):
        other = create()
        connect("alice", "hers")
        service.connect(other, "hers", "gateway", "alice")
        connect("bob", "his")
        outbox.forget()
        service.forget_connections(["hers", "unknown"])
        announced = outbox.hear(DISCONNECTED)
        assert {(each["session_id"], each["login"]) for each in announced} == {
            (session_id, "alice"), (other, "alice")
        }
        assert service.get(session_id)["connected"] == ["bob"]

    def test_two_players_can_leave_at_once(self, service, session_id, under_way, outbox):
        service.forget_connections(["of alice", "of bob"])
        assert [each["version"] for each in outbox.hear(DISCONNECTED)] == [5, 6]

    def test_many_connections_need_no_more_statements_than_one(self, service, create, statements):
        def forget(names):
            for session_id in [create() for _ in range(3)]:
                for name in names:
                    service.connect(session_id, name, "gateway", None)
            said = statements(lambda: service.forget_connections(names))
            return [each for each in said if "session_audiences" not in each]

        assert len(forget([f"watcher {number}" for number in range(20)])) == len(forget(["one"]))


class TestLeaving:
    def result(self, service, session_id):
        return service.get(session_id)["result"]

    def wait(self, service, clock, seconds):
        """Let time pass while the service runs."""
        for _ in range(int(seconds)):
            clock.advance(1)
            service.keep_time()

    def test_an_absent_player_who_has_moved_loses(
        self, service, session_id, under_way, clock, outbox
    ):
        service.disconnect(session_id, "of bob")
        self.wait(service, clock, GRACE - 1)
        assert self.result(service, session_id) is None
        self.wait(service, clock, 1)
        assert self.result(service, session_id) == {
            "winner": "alice", "reason": "abandonment", "by_player": {"alice": 1, "bob": 0}
        }
        assert [event for event, _ in outbox.heard] == [
            DISCONNECTED, ENDED, "session.result"
        ]

    def test_a_session_is_aborted_if_the_absent_player_has_not_moved(
        self, service, session_id, connect, play, clock
    ):
        connect("alice")
        connect("bob")
        play("b2b3")
        service.disconnect(session_id, "of bob")
        self.wait(service, clock, GRACE)
        assert self.result(service, session_id) == {
            "winner": None, "reason": "aborted", "by_player": {}
        }

    def test_a_player_who_comes_back_in_time_plays_on(
        self, service, session_id, under_way, connect, clock, execute
    ):
        service.disconnect(session_id, "of bob")
        self.wait(service, clock, GRACE - 1)
        connect("bob", "another one")
        self.wait(service, clock, GRACE * 2)
        assert execute("alice", move="c1c2")

    def test_a_grace_of_0_ends_the_session_at_once(self, serve, clock, outbox):
        service = serve(grace=0)
        session_id = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        for login in ("alice", "bob"):
            service.connect(session_id, login, "gateway", login)
        service.execute(session_id, "alice", {"type": "move", "move": "b2b3"}, "1")
        outbox.forget()
        service.disconnect(session_id, "alice")
        service.keep_time()
        assert [event for event, _ in outbox.heard] == [
            DISCONNECTED, ENDED, "session.result"
        ]
        assert self.result(service, session_id)["winner"] == "bob"

    def test_a_session_that_nobody_joins_is_aborted(self, service, session_id, clock):
        self.wait(service, clock, 30)
        assert self.result(service, session_id)["reason"] == "aborted"

    def test_a_session_ends_once(self, service, session_id, under_way, clock, silent):
        service.disconnect(session_id, "of bob")
        self.wait(service, clock, GRACE)
        with silent():
            self.wait(service, clock, GRACE)

    def test_a_flag_falls_without_a_command(self, service, create, clock, outbox):
        session_id = create(options={"clock": {"initial": 5, "increment": 0}, "rated": True})
        for number, (login, move) in enumerate([("alice", "b2b3"), ("bob", "a4a3")]):
            service.execute(session_id, login, {"type": "move", "move": move}, str(number))
        self.wait(service, clock, 6)
        assert self.result(service, session_id)["reason"] == "timeout"

    def test_a_command_after_the_own_flag_ends_the_session(self, service, create, clock, outbox):
        session_id = create(options={"clock": {"initial": 5, "increment": 0}, "rated": True})
        for number, (login, move) in enumerate([("alice", "b2b3"), ("bob", "a4a3")]):
            service.execute(session_id, login, {"type": "move", "move": move}, str(number))
        self.wait(service, clock, 5)
        clock.advance(0.1)
        with pytest.raises(SessionEnded):
            service.execute(session_id, "alice", {"type": "move", "move": "c1c2"}, "late")
        assert self.result(service, session_id)["winner"] == "bob"
        assert outbox.heard[-2][0] == ENDED

    def test_downtime_is_held_against_nobody(self, service, session_id, under_way, clock):
        service.keep_time()
        service.disconnect(session_id, "of bob")
        clock.advance(GRACE * 10)
        service.keep_time()
        self.wait(service, clock, GRACE - 1)
        assert self.result(service, session_id) is None
        self.wait(service, clock, 1)
        assert self.result(service, session_id)["reason"] == "abandonment"

    def test_downtime_is_forgiven_once(self, service, session_id, under_way, clock):
        service.keep_time()
        service.disconnect(session_id, "of bob")
        clock.advance(GRACE * 10)
        service.keep_time()
        service.keep_time()
        self.wait(service, clock, GRACE)
        assert self.result(service, session_id)["reason"] == "abandonment"

    def test_a_short_pause_is_no_downtime(self, service, session_id, under_way, clock):
        service.keep_time()
        service.disconnect(session_id, "of bob")
        for _ in range(int(GRACE / TOLERATED_PAUSE_SECONDS)):
            clock.advance(TOLERATED_PAUSE_SECONDS)
            service.keep_time()
        assert self.result(service, session_id)["reason"] == "abandonment"


class TestLostGateways:
    def test_a_lost_gateways_players_are_disconnected(
        self, service, session_id, connect, clock, outbox
    ):
        service.renew("one")
        service.renew("other")
        connect("alice", gateway="one")
        connect("bob", gateway="other")
        outbox.forget()
        clock.advance(LEASE - 1)
        assert service.renew("other") is True
        clock.advance(2)
        service.drop_lost_gateways()
        assert [announced["login"] for announced in outbox.hear(DISCONNECTED)] == ["alice"]
        assert service.get(session_id)["connected"] == ["bob"]

    def test_a_gateway_that_renews_keeps_its_connections(
        self, service, session_id, connect, clock, silent
    ):
        service.renew("one")
        connect("alice", gateway="one")
        with silent():
            for _ in range(5):
                clock.advance(LEASE - 1)
                service.drop_lost_gateways()
                assert service.renew("one") is True

    def test_a_new_or_lost_gateway_is_told_so_once(self, service, clock):
        assert [service.renew("one"), service.renew("one")] == [False, True]
        clock.advance(LEASE + 1)
        service.drop_lost_gateways()
        assert [service.renew("one"), service.renew("one")] == [False, True]

    def test_a_lost_gateway_is_told_so_after_a_new_connection(self, service, connect, clock):
        service.renew("one")
        connect("alice", gateway="one")
        clock.advance(LEASE + 1)
        service.drop_lost_gateways()
        connect("bob", gateway="one")
        assert service.renew("one") is False

    def test_a_gateway_that_never_renews_is_lost(self, service, connect, clock, outbox):
        connect("alice", gateway="never")
        clock.advance(LEASE + 1)
        service.drop_lost_gateways()
        assert [announced["login"] for announced in outbox.hear(DISCONNECTED)] == ["alice"]

    def test_downtime_costs_no_gateway_its_lease(self, service, connect, clock, outbox):
        service.keep_time()
        service.renew("one")
        connect("alice", gateway="one")
        outbox.forget()
        clock.advance(LEASE * 10)
        service.keep_time()
        service.drop_lost_gateways()
        assert outbox.heard == []


class TestSpectators:
    @pytest.fixture
    def tell(self, service, clock):
        """Return a function that runs the timer a second after its last run."""

        def tell():
            clock.advance(1)
            service.announce_spectators()

        return tell

    def test_spectators_are_announced_once_a_second_at_most(self, service, connect, outbox, clock):
        for number in range(8):
            connect(None, str(number))
            service.announce_spectators()
            clock.advance(0.5)
        assert [
            announced["spectators"] for announced in outbox.hear("session.spectators_changed")
        ] == [1, 3, 5, 7]

    def test_a_changed_number_of_spectators_is_announced_once(
        self, service, session_id, connect, outbox, silent, tell
    ):
        connect(None, "one")
        connect("carol", "other")
        tell()
        service.disconnect(session_id, "one")
        tell()
        assert [
            announced["spectators"] for announced in outbox.hear("session.spectators_changed")
        ] == [2, 1]
        with silent():
            tell()

    def test_players_are_no_spectators(self, connect, silent, tell):
        connect("alice")
        with silent():
            tell()

    def test_a_spectator_who_becomes_a_player_is_not_counted(self, service, connect, outbox, tell):
        connect(None, "this one")
        tell()
        connect("alice", "this one")
        tell()
        assert [
            announced["spectators"] for announced in outbox.hear("session.spectators_changed")
        ] == [1, 0]


def test_no_gateway_is_lost_right_after_an_outage_of_the_broker(
    service, session_id, clock, outbox, monkeypatch
):
    service.renew("gateway")
    service.connect(session_id, "c1", "gateway", "alice")
    clock.advance(3600)
    monkeypatch.setattr(outbox, "connected_seconds", lambda: 1.0)
    service.drop_lost_gateways()
    assert service.get(session_id)["connected"] == ["alice"]
    monkeypatch.undo()
    service.drop_lost_gateways()
    assert service.get(session_id)["connected"] == []
