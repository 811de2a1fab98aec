"""When rooms close by themselves, and when they are forgotten."""

import pytest

from extensions.settings import Settings
from rooms import expiry
from rooms.expiry import DAY_SECONDS, RENEWAL_MARGIN
from rooms.membership import DAYS_TTL_SECONDS
from rooms.models import RoomRow, SeatRow
from rooms.session_starter import RETRY_AFTER_SECONDS
from tests.unit.rooms.support import ROOM_TTL, ROOMS_KEPT, changes_of_private_rooms


class TestLapse:
    def test_a_room_with_no_connected_member_closes(self, service, open_room, clock, outbox):
        room_id = open_room("bob")
        clock.advance(ROOM_TTL + 1)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "closed"
        assert outbox.heard == [("room.closed", ("alice", "bob"))]

    def test_a_lapsed_room_closes_once(self, service, open_room, clock, silent):
        open_room()
        clock.advance(ROOM_TTL + 1)
        service.close_lapsed()
        with silent():
            service.close_lapsed()

    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_a_room_stays_open_for_any_connected_member(
        self, service, open_room, clock, silent, login
    ):
        room_id = open_room("bob")
        clock.advance(ROOM_TTL - 1)
        service.renew(["mallory", login])
        clock.advance(ROOM_TTL)
        with silent():
            service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "open"

    def test_a_room_stays_open_for_a_lease_after_the_last_renewal(self, service, open_room, clock):
        def wait(seconds):
            for _ in range(int(seconds)):
                clock.advance(1)
                service.close_lapsed()

        room_id = open_room("bob")
        for _ in range(20):
            wait(3)
            service.renew(["alice"])
        wait(ROOM_TTL)
        assert service.get(room_id, "alice")["status"] == "open"
        wait(ROOM_TTL * RENEWAL_MARGIN + 1)
        assert service.get(room_id, "alice")["status"] == "closed"

    def test_a_time_without_the_broker_closes_none(
        self, service, open_room, clock, outbox, monkeypatch
    ):
        room_id = open_room("bob")
        service.close_lapsed()
        with monkeypatch.context() as outage:
            outage.setattr(outbox, "connected_seconds", lambda: 0.0)  # nobody could renew it
            for _ in range(10 * ROOM_TTL):
                clock.advance(1)
                service.close_lapsed()
        service.close_lapsed()
        clock.advance(2)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "open"

    def test_a_player_who_has_left_does_not_keep_a_room_open(self, service, open_room, clock):
        room_id = open_room("bob")
        service.leave(room_id, "bob")
        clock.advance(ROOM_TTL - 1)
        service.renew(["bob"])
        clock.advance(2)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "closed"

    def test_a_filled_room_does_not_lapse(self, service, open_room, clock, silent):
        room_id = open_room("bob", seats=2)
        clock.advance(ROOM_TTL * 10)
        with silent():
            service.take_up_filled()
        assert service.get(room_id, "alice")["status"] == "filled"

    def test_a_closing_private_room_is_told_to_private_rooms(
        self, service, open_room, clock, outbox
    ):
        room_id = open_room(private=True)
        clock.advance(ROOM_TTL + 1)
        service.close_lapsed()
        assert service.get_many([room_id])[room_id]["status"] == "closed"
        assert changes_of_private_rooms(outbox) == [("room.closed", room_id)]


def open_with_days(service, kind):
    options = {"clock": {"days": 1}}
    if kind == "challenge":
        return service.challenge("alice", "bob", "dobutsu", options)["room_id"]
    return service.create("alice", "dobutsu", options, private=kind == "private")["room_id"]


class TestDays:
    """Rooms whose players will have days a move, and need not be there at once."""

    @pytest.mark.parametrize(("kind", "join", "private"), [
        ("room", "join", {}), ("private", "join", {"private": True}), ("challenge", "accept", {}),
    ])
    def test_one_fills_days_after_its_owner_has_gone(self, service, clock, kind, join, private):
        room_id = open_with_days(service, kind)
        clock.advance(DAYS_TTL_SECONDS - 2)
        service.close_lapsed()
        joined = getattr(service, join)(room_id, "bob", **private)
        assert (joined["status"], bool(joined["session_id"])) == ("filled", True)

    def test_one_closes_when_that_has_passed(self, service, clock, outbox):
        open_with_days(service, "room")
        clock.advance(DAYS_TTL_SECONDS + 1)
        service.close_lapsed()
        assert outbox.heard == [("room.closed", ("alice",))]

    def test_a_connected_member_keeps_it_open_beyond_that(self, service, clock):
        room_id = open_with_days(service, "room")
        service.renew(["alice"])  # which does not shorten it
        clock.advance(DAYS_TTL_SECONDS - 1)
        service.renew(["alice"])
        clock.advance(ROOM_TTL)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "open"

    def test_a_longer_room_ttl_goes_for_them_too(self, service, clock):
        service.settings = Settings(room_ttl=2 * DAYS_TTL_SECONDS)
        room_id = open_with_days(service, "room")
        clock.advance(DAYS_TTL_SECONDS + 1)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "open"

    def test_unfinished_one_is_taken_up_as_soon_as_any(self, service, sessions, clock):
        room_id = open_with_days(service, "room")
        sessions.away = True
        service.join(room_id, "bob")
        sessions.away = False
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        assert service.get(room_id, "bob")["session_id"]


class TestExpiringMembers:
    def test_members_of_open_rooms_are_named_until_they_are_renewed(
        self, service, open_room, clock
    ):
        open_room("bob")
        open_room(owner="carol", private=True)
        open_room("dave", owner="erin", seats=2)
        service.close(open_room(owner="frank"), "frank")
        clock.advance(1)
        assert sorted(service.expiring_members()["logins"]) == ["alice", "bob", "carol"]
        service.renew(["bob"])
        assert service.expiring_members() == {"logins": ["carol"], "next": None}
        clock.advance(ROOM_TTL * RENEWAL_MARGIN + 1)
        assert sorted(service.expiring_members()["logins"]) == ["alice", "bob", "carol"]

    def test_each_room_is_on_one_page(self, service, open_room, clock, monkeypatch):
        monkeypatch.setattr(expiry, "EXPIRING_ROOMS_PAGE", 2)
        for owner in ("alice", "bob", "carol", "dave", "erin"):
            open_room(f"{owner}2", owner=owner)
            clock.advance(-1)  # so that all end at once
        clock.advance(2)
        pages, after = [], None
        while not pages or after:
            page = service.expiring_members(after)
            pages.append(page["logins"])
            after = page["next"]
        assert [len(each) for each in pages] == [4, 4, 2]
        assert len({login for each in pages for login in each}) == 10

    def test_a_player_in_several_rooms_is_named_once(self, service, open_room, clock):
        for _ in range(2):
            open_room("bob")
        clock.advance(1)
        assert service.expiring_members()["logins"] == ["alice", "bob"]


class TestPause:
    def test_a_time_in_which_nothing_ran_closes_no_room(self, service, clock):
        room = service.create("alice", "dobutsu", {})
        service.close_lapsed()
        clock.advance(3600)
        service.close_lapsed()
        assert service.get(room["room_id"], "alice")["status"] == "open"

    def test_a_room_that_nobody_renews_lapses_all_the_same(self, service, clock):
        room = service.create("alice", "dobutsu", {})
        for _ in range(70):
            service.close_lapsed()
            clock.advance(1)
        assert service.get(room["room_id"], "alice")["status"] == "closed"


class TestSweep:
    @pytest.fixture
    def rooms(self, service):
        """Returns those of some rooms that there still are."""
        return lambda *room_ids: [each for each in room_ids if service.get_many([each])]

    def test_forgets_what_ended_longer_ago_than_it_is_kept(
        self, service, open_room, clock, rooms, silent
    ):
        closed, filled = open_room(), open_room(seats=2)
        service.close(closed, "alice")
        service.join(filled, "bob")
        service.store_sessions()
        clock.advance(ROOMS_KEPT * DAY_SECONDS - 1)
        service.sweep()
        assert rooms(closed, filled) == [closed, filled]
        clock.advance(ROOM_TTL + 2)
        with silent():
            service.sweep()
        assert rooms(closed, filled) == []
        with service.db.get_session() as session:
            assert not session.query(SeatRow).all() and not session.query(RoomRow).all()

    def test_an_old_room_is_kept_as_long_after_its_end(self, service, open_room, clock, rooms):
        room_id = open_room("bob", seats=3)
        for _ in range(100):
            clock.advance(3600)
            service.renew(["alice"])
            service.sweep()
        service.join(room_id, "carol")
        service.store_sessions()
        service.sweep()
        assert service.get(room_id, "carol")["session_id"]
        clock.advance(ROOMS_KEPT * DAY_SECONDS + ROOM_TTL + 1)
        service.sweep()
        assert rooms(room_id) == []

    def test_open_rooms_are_left(self, service, open_room, clock, rooms):
        room_id = open_room()
        clock.advance(100 * DAY_SECONDS)  # and nothing has closed it
        service.sweep()
        assert rooms(room_id) == [room_id]

    def test_sweeping_goes_on_until_nothing_is_left(
        self, service, open_room, clock, rooms, monkeypatch
    ):
        monkeypatch.setattr(expiry, "SWEEP_BATCH", 2)
        closed = [open_room() for _ in range(5)]
        for room_id in closed:
            service.close(room_id, "alice")
        clock.advance(2 * ROOMS_KEPT * DAY_SECONDS)
        service.sweep()
        assert rooms(*closed) == []

    def test_one_whose_session_could_not_begin_for_so_long_closes(
        self, service, open_room, sessions, clock, outbox, rooms
    ):
        room_id = open_room(seats=2)
        sessions.away = True
        service.join(room_id, "bob")
        outbox.forget()
        clock.advance(ROOMS_KEPT * DAY_SECONDS - 1)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "filled"
        clock.advance(ROOM_TTL + 2)
        sessions.away = False
        service.take_up_filled()
        assert sessions.started == {}
        assert outbox.heard == [("room.closed", ("alice", "bob"))]
        service.sweep()
        assert rooms(room_id) == []
