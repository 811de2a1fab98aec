"""What happens when time has passed, during outages and where a game fails."""

import pytest

import sessions.storage.transaction
from extensions.settings import Settings
from extensions.storage.downtime import TOLERATED_PAUSE_SECONDS
from sessions import deadline_timer
from sessions.deadline_timer import MAX_BATCHES_PER_TICK, MAX_SESSIONS_PER_BATCH, RETRY_SECONDS
from sessions.models import SessionRow
from sessions.storage.sessions import SessionRepository
from tests.unit.sessions.conftest import GRACE, OPTIONS

INITIAL = 60
CLOCK = {"clock": {"initial": INITIAL, "increment": 0}, "rated": True}
OUTAGE = 40.0
DAY = 86_400


@pytest.fixture
def blitz(service, create, connect_to):
    """Return a function that creates a session with clocks in which both have moved."""

    def blitz(game="dobutsu"):
        session_id = create(game, options=CLOCK)
        connect_to(session_id)
        for number, (login, move) in enumerate([("alice", "b2b3"), ("bob", "a4a3")]):
            give(service, session_id, login, move, number)
        service.keep_time()
        return session_id

    return blitz


@pytest.fixture
def connect_to(service):
    def connect_to(session_id):
        for login in ("alice", "bob"):
            service.connect(session_id, f"{login} at {session_id}", "gateway", login)

    return connect_to


@pytest.fixture
def elapse(service, clock):
    """Return a function that lets time pass while the service runs."""

    def elapse(seconds):
        for _ in range(int(seconds)):
            clock.advance(1)
            service.keep_time()

    return elapse


@pytest.fixture(params=["service", "broker", "database"])
def outage(request, service, clock, outbox, monkeypatch):
    """Return a function that lets time pass without the service, the broker or the database."""

    def outage(seconds):
        with monkeypatch.context() as broken:
            if request.param == "broker":
                broken.setattr(outbox, "connected_seconds", lambda: 0.0)
            if request.param == "database":
                for name in ("record_heartbeat", "record_mere_heartbeat"):
                    broken.setattr(sessions.storage.transaction, name, away)
            for _ in range(int(seconds)):
                clock.advance(1)
                if request.param != "service":
                    try:
                        service.keep_time()
                    except OSError:
                        pass
        if request.param == "service":
            service.downtime_check.checked_at = 0.0  # as in a new process

    return outage


def away(*_):
    raise OSError


def give(service, session_id, login, move, number="1"):
    return service.execute(session_id, login, {"type": "move", "move": move}, str(number))


def clocks(service, session_id):
    return service.get(session_id)["clocks"]


@pytest.mark.parametrize("days", [-9, 9])
def test_a_clock_set_anew_ends_no_game_with_days(service, create, connect_to, elapse, clock, days):
    session_id = create(options={"clock": {"days": 2, "vacation": 0}, "rated": True})
    connect_to(session_id)
    service.forget_connections([f"{login} at {session_id}" for login in ("alice", "bob")])
    elapse(GRACE + 5)
    clock.advance(days * DAY)
    elapse(GRACE + 5)
    session = service.get(session_id)
    assert (session["status"], session["connected"]) == ("active", [])
    assert 2 * DAY - session["clocks"]["alice"] <= 2 * (GRACE + 6)
    give(service, session_id, "alice", "b2b3")


class TestOutages:
    def test_an_outage_is_forgiven_by_the_timer(self, service, blitz, elapse, outage):
        session_id = blitz()
        elapse(INITIAL - 8)
        outage(OUTAGE)
        service.keep_time()
        assert clocks(service, session_id) == {"alice": 8, "bob": INITIAL}
        elapse(9)
        assert service.get(session_id)["result"]["reason"] == "timeout"

    def test_an_outage_is_forgiven_by_a_command(self, service, blitz, elapse, outage):
        session_id = blitz()
        elapse(INITIAL - 8)
        outage(OUTAGE)
        give(service, session_id, "alice", "c1c2", "after the outage")
        service.keep_time()
        assert clocks(service, session_id) == {"alice": 8, "bob": INITIAL}

    @pytest.mark.parametrize("departure", ["disconnect", "forget_connections"])
    def test_an_outage_is_forgiven_by_a_disconnection(
        self, service, blitz, elapse, outage, departure
    ):
        session_id = blitz()
        elapse(INITIAL - 8)
        outage(OUTAGE)
        if departure == "disconnect":
            service.disconnect(session_id, f"bob at {session_id}")
        else:
            service.forget_connections([f"bob at {session_id}"])
        session = service.get(session_id)
        assert (session["status"], session["connected"]) == ("active", ["alice"])
        assert session["clocks"] == {"alice": 8, "bob": INITIAL}
        elapse(7)
        assert service.get(session_id)["status"] == "active"

    def test_an_outage_is_forgiven_once(self, service, blitz, outage):
        session_id = blitz()
        outage(OUTAGE)
        for _ in range(3):
            service.keep_time()
            service.downtime_check.checked_at = 0.0
        assert clocks(service, session_id) == {"alice": INITIAL, "bob": INITIAL}

    def test_an_outage_is_forgiven_once_however_slowly(
        self, service, blitz, elapse, clock, monkeypatch, caplog
    ):
        blitz()
        postpone = SessionRepository.postpone

        def postpone_slowly(self, seconds):
            clock.advance(TOLERATED_PAUSE_SECONDS + 1)
            return postpone(self, seconds)

        monkeypatch.setattr(SessionRepository, "postpone", postpone_slowly)
        clock.advance(OUTAGE)
        elapse(3)
        assert [record for record in caplog.messages if "postponed" in record] == [
            f"The service was down for {OUTAGE + 1:.1f} s: deadlines are postponed by as much"
        ]

    def test_an_outage_is_forgiven_in_batches_without_states(
        self, service, blitz, clock, statements, monkeypatch
    ):
        """Or many sessions would take longer than the database waits for."""
        monkeypatch.setattr("sessions.storage.sessions.POSTPONED_PER_BATCH", 2)
        ids = [blitz() for _ in range(5)]
        before = [clocks(service, each) for each in ids]
        clock.advance(OUTAGE)
        made = statements(service.keep_time)
        selects = [each for each in made if "SELECT" in each and "sessions.progress" in each]
        assert len(selects) == 3
        assert not any("sessions.state" in each for each in made)
        assert [clocks(service, each) for each in ids] == before

    def test_a_host_with_a_late_clock_is_no_outage(self, service, blitz, clock):
        session_id = blitz()
        for _ in range(INITIAL + 1):
            clock.advance(-2 * TOLERATED_PAUSE_SECONDS)
            service.keep_time()
            clock.advance(2 * TOLERATED_PAUSE_SECONDS + 1)
            service.keep_time()
        assert service.get(session_id)["result"]["reason"] == "timeout"

    def test_a_clock_set_back_keeps_time_from_there(self, service, blitz, elapse, clock):
        session_id = blitz()
        clock.advance(-3600)
        elapse(2)
        clock.advance(OUTAGE)
        elapse(INITIAL - 3)
        assert service.get(session_id)["status"] == "active"


class TestFaults:
    def test_a_failing_game_does_not_hold_up_others(self, blitz, service, elapse, caplog):
        faulty, sound = blitz("undecidable"), blitz()
        elapse(INITIAL + RETRY_SECONDS)
        assert service.get(sound)["result"]["reason"] == "timeout"
        assert service.get(faulty)["status"] == "active"
        said = [record for record in caplog.records if "could not be decided" in record.message]
        assert len(said) == 2  # not four times a second

    def test_slow_games_share_no_transaction(self, blitz, service, elapse, clock, monkeypatch):
        """The database would end it, and take the sessions of others along."""
        ids, done = [blitz("undecidable") for _ in range(2)], []

        def can_win(game, state, player):
            clock.advance(Settings().game_timeout)
            done.append("played")
            return True

        put_off = SessionRepository.put_off

        def note(self, *arguments):
            done.append("stored")
            put_off(self, *arguments)

        monkeypatch.setattr(type(service.registry.require("undecidable")), "can_win", can_win)
        monkeypatch.setattr(SessionRepository, "put_off", note)
        elapse(INITIAL - 2)
        assert done == []
        clock.advance(2.9)
        service.keep_time()
        service.keep_time()
        assert done == ["played", "stored"] * 2
        assert {service.get(each)["status"] for each in ids} == {"ended"}

    def test_leaving_a_failing_game_leaves_the_others_too(
        self, blitz, service, clock, outbox, caplog
    ):
        faulty, sound = blitz("undecidable"), blitz()
        clock.advance(INITIAL + 1)
        service.downtime_check.checked_at = clock()
        outbox.forget()
        service.forget_connections([f"bob at {faulty}", f"bob at {sound}"])
        assert service.get(sound)["connected"] == ["alice"]
        assert service.get(faulty)["connected"] == ["alice"]
        told = {each["session_id"] for each in outbox.hear("session.player_disconnected")}
        assert told == {faulty, sound}

    def test_a_session_that_cannot_be_read_holds_up_no_other(
        self, blitz, service, elapse, clock, outbox, caplog
    ):
        """A newer release beside this one knows a kind of clock that is unknown here."""
        strange, sound, left = blitz(), blitz(), blitz()
        with service.db.get_session() as session:
            session.get(SessionRow, strange).options = {"clock": {"hourglass": 9}, "rated": True}
        assert [each["session_id"] for each in service.list()["items"]] == [left, sound]
        service.forget_connections([f"bob at {each}" for each in (strange, left)])
        assert [each["login"] for each in outbox.hear("session.player_disconnected")][-1] == "bob"
        clock.advance(OUTAGE)
        caplog.clear()
        elapse(INITIAL + RETRY_SECONDS)
        assert service.get(sound)["result"]["reason"] == "timeout"
        said = [record for record in caplog.records if "cannot be read" in record.message]
        assert len(said) == 3  # when the outage is forgiven, and then not four times a second
        with pytest.raises(KeyError):
            service.get(strange)

    def test_deadlines_of_changed_settings_do_not_hold_up_others(
        self, serve, create, connect_to, blitz, service, elapse
    ):
        """LEAVING was changed: absent players no longer lose without a claim."""
        for _ in range(MAX_SESSIONS_PER_BATCH + 1):
            session_id = create()
            connect_to(session_id)
            for number, (login, move) in enumerate([("alice", "b2b3"), ("bob", "a4a3")]):
                give(service, session_id, login, move, number)
            service.disconnect(session_id, f"bob at {session_id}")
        sound = blitz()
        service.settings = serve(leaving="claim").settings
        elapse(INITIAL + GRACE)
        assert service.get(sound)["result"]["reason"] == "timeout"


def test_a_flag_is_decided_before_many_earlier_deadlines(
    service, create, elapse, clock, monkeypatch
):
    """A stranger's sessions, in which nobody ever connects, have all come due before."""
    monkeypatch.setattr(deadline_timer, "MAX_SESSIONS_PER_BATCH", 1)
    strangers = [
        service.create(f"{number}", "dobutsu", OPTIONS, ["carol", "dave"])
        for number in range(MAX_BATCHES_PER_TICK * 3 // 2)
    ]
    own = create()
    elapse(Settings().first_move_deadline - 2)
    clock.advance(2.5)
    service.keep_time()
    assert service.get(own)["status"] == "ended"
    statuses = [service.get(each)["status"] for each in strangers]
    # It has decided as many as it may, and begun with those that are due for longest as well.
    assert statuses.count("ended") == MAX_BATCHES_PER_TICK - 1
    assert set(statuses[: MAX_BATCHES_PER_TICK // 2]) == {"ended"}
    service.keep_time()
    assert {service.get(each)["status"] for each in strangers} == {"ended"}


def test_timers_with_nothing_to_do_make_one_query_each(service, connect, statements):
    connect("alice")
    for timer in (service.keep_time, service.announce_spectators, service.drop_lost_gateways):
        timer()
        [query] = statements(timer)
        assert query.split()[0] == "SELECT" and "UPDATE" not in query
