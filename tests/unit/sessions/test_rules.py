"""Sessions go on when the rules of their game change, or wait until their rules are back."""

from dataclasses import replace

import pytest

from arbiter_games.dobutsu import Dobutsu
from sessions import metrics
from sessions.exceptions import CannotRematch, NoTakebackOffered, RulesUnavailable
from sessions.storage.missing_rules import TOLERATED_SECONDS
from tests.unit.sessions.conftest import GRACE, OPTIONS

CLOCK = {"clock": {"initial": 60, "increment": 0}, "rated": True}


class Renamed(Dobutsu):
    """The rules of dobutsu with a state of another form."""

    version = 2

    def setup(self, *given):
        return {"now": super().setup(*given)}

    def upgrade(self, state, from_version):
        return {"now": state} if from_version == 1 else None

    def apply(self, state, player, move):
        return {"now": super().apply(state["now"], player, move)}

    def for_history(self, state):
        return {"now": super().for_history(state["now"])}

    def export(self, record):
        return super().export(replace(record, setup=record.setup["now"]))


def reader(name):
    def read(self, state, *rest):
        # Other methods of Dobutsu call these with what is within the state.
        return getattr(Dobutsu, name)(self, state.get("now", state), *rest)

    return read


for name in ("to_move", "outcome", "view", "legal_moves"):
    setattr(Renamed, name, reader(name))


class Later(Renamed):
    """Version 3, which can make nothing of earlier states."""

    version = 3

    def upgrade(self, state, from_version):
        return None


class Final(Renamed):
    """Version 4, which takes on all of them."""

    version = 4

    def upgrade(self, state, from_version):
        return state if from_version > 1 else {"now": state}


@pytest.fixture
def install(service):
    """Return a function that replaces the rules of dobutsu in the running service."""

    def install(game, *former):
        registry = service.registry
        registry.games.pop("dobutsu")
        registry.former.clear()
        registry._made.clear()
        registry._missing.clear()
        registry.not_upgraded.clear()
        if game:
            registry.games["dobutsu"] = game
        registry.former.update({("dobutsu", each.version): each for each in former})
        service.check_rules()

    return install


@pytest.fixture
def wait(service, clock):
    """Return a function that lets time pass in the service."""

    def wait(seconds):
        for number in range(int(seconds)):
            clock.advance(1)
            service.keep_time()
            if number % 5 == 0:
                service.check_rules()

    return wait


def refused(call, *arguments, **named):
    with pytest.raises(RulesUnavailable) as caught:
        call(*arguments, **named)
    return caught.value.details


def begin_with_clocks(service, create):
    """Begin a session with clocks that run; return its id."""
    session_id = create(options=CLOCK)
    for login in ("alice", "bob"):
        service.connect(session_id, login, "gateway", login)
    for move, login in (("b2b3", "alice"), ("a4a3", "bob")):
        service.execute(session_id, login, {"type": "move", "move": move}, move)
    return session_id


class TestSideBySide:
    def test_a_session_keeps_the_rules_that_it_began_with(self, service, execute, install, create):
        execute("alice", move="b2b3")
        install(Renamed(), Dobutsu())
        execute("bob", move="a4a3")
        assert service.get(create())["game_version"] == 2

    def test_a_session_says_by_which_rules_it_is_played(self, service, session_id, install):
        install(Renamed(), Dobutsu())
        assert service.get(session_id)["game_version"] == 1
        assert service.list("alice")["items"][0]["game_version"] == 1

    def test_a_game_that_is_withdrawn_is_played_to_its_end(self, service, execute, install):
        install(None, Dobutsu())
        execute("alice", move="b2b3")
        assert "dobutsu" not in [each["name"] for each in service.games()]


class TestUpgrades:
    def test_a_game_under_way_goes_on_by_the_new_rules(self, service, execute, session_id, install):
        execute("alice", move="b2b3")
        before = service.get(session_id)
        install(Renamed())
        after = service.get(session_id)
        assert after == {**before, "game_version": 2, "version": 2}
        execute("bob", move="a4a3")
        assert service.get(session_id)["state"]["ply"] == 2

    def test_an_offer_to_take_back_a_move_ends(self, service, execute, create, install):
        unrated = {"session_id": create(options={"clock": None, "rated": False})}
        execute("alice", move="b2b3", **unrated)
        execute("alice", "offer_takeback", **unrated)
        install(Renamed())
        assert service.get(unrated["session_id"])["takeback_offered_by"] is None
        with pytest.raises(NoTakebackOffered):
            execute("bob", "accept_takeback", **unrated)

    @pytest.mark.parametrize("frozen", [0, 500])
    def test_only_the_time_without_rules_is_given_back(
        self, service, create, install, wait, frozen
    ):
        session_id = begin_with_clocks(service, create)
        wait(10)
        if frozen:
            install(Later())
            wait(frozen)
        install(Renamed())
        clocks = service.get(session_id)["clocks"]
        assert clocks == {"alice": pytest.approx(50, abs=1), "bob": 60}
        wait(5)
        assert service.get(session_id)["clocks"]["alice"] == pytest.approx(45, abs=1)

    def test_an_outage_before_an_upgrade_costs_no_time(
        self, service, create, install, clock
    ):
        session_id = begin_with_clocks(service, create)
        clock.advance(100)
        service.downtime_check.checked_at = 0.0  # as in a process that has just begun
        install(Renamed())
        service.keep_time()
        assert service.get(session_id)["clocks"] == {"alice": 60, "bob": 60}
        service.execute(session_id, "alice", {"type": "move", "move": "b1a2"}, "c")

    def test_everybody_is_told(self, outbox, execute, session_id, install):
        execute("alice", move="b2b3")
        outbox.forget()
        install(Renamed())
        [message] = outbox.sent
        assert message.event == "session.rules_changed"
        assert (message.params["version"], message.params["game_version"]) == (2, 2)

    def test_the_history_is_shown_as_it_was(self, service, execute, session_id, install):
        execute("alice", move="b2b3")
        shown, initial = service.history(session_id)["events"], service.initial_state(session_id)
        install(Renamed())
        execute("bob", move="a4a3")
        install(Final())
        execute("alice", move="b3b4+")
        history = service.history(session_id)["events"]
        assert history[:1] == shown
        assert [each["type"].removeprefix("session.") for each in history] == [
            "state_changed", "rules_changed", "state_changed", "rules_changed", "state_changed",
            "ended",
        ]
        assert history[2]["state"]["ply"] == 2
        assert service.initial_state(session_id) == initial

    def test_an_ended_one_is_shown_too(self, service, play, session_id, install):
        play("b2b3", "a4a3", "b3b4+")
        shown = service.get(session_id), service.history(session_id), service.export(session_id)
        install(Renamed())
        assert shown == (
            service.get(session_id), service.history(session_id), service.export(session_id)
        )

    def test_one_that_fails_waits_and_touches_no_other(self, service, create, install, caplog):
        one, other = sorted([create(), create()])

        class Failing(Renamed):
            failures = [one]

            def upgrade(self, state, from_version):
                return 1 / 0 if self.failures and self.failures.pop() else {"now": state}

        install(Failing())
        assert f"1 sessions of version 1 of dobutsu could not be upgraded, and wait for their" \
               f" rules: {one}" in caplog.text
        assert service.get(other)["game_version"] == 2
        refused(execute_first, service, one)

    def test_those_that_wait_are_logged_seldom_and_not_read(
        self, service, session_id, install, clock, caplog, statements
    ):
        class Failing(Renamed):
            def upgrade(self, state, from_version):
                raise KeyError("board")

        install(Failing())
        for _ in range(6):
            service.check_rules()
        assert caplog.text.count("could not be upgraded") == 1
        assert not any("FOR UPDATE" in each for each in statements(service.check_rules))
        clock.advance(3600)
        service.check_rules()
        assert caplog.text.count("could not be upgraded") == 2
        assert "are upgraded" not in caplog.text

    def test_a_suspended_game_is_upgraded_later(self, service, session_id, install):
        service.registry.suspensions.hold("dobutsu", "", 60)
        install(Renamed())
        service.registry.suspensions.hold("dobutsu", "", 0)
        service.check_rules()
        assert service.get(session_id)["game_version"] == 2

    def test_a_continued_session_begins_by_the_rules_of_its_position(
        self, service, execute, session_id, create, install
    ):
        execute("alice", move="b2b3")
        execute("bob", "resign")
        options = {**OPTIONS, "rated": False, "from": {"session_id": session_id, "version": 1}}
        continued = create(options=options)
        execute("bob", "resign", session_id=continued)
        began = service.initial_state(continued), service.export(continued)
        install(Renamed())
        assert began == (service.initial_state(continued), service.export(continued))
        refused(create, options=options)
        for login in ("alice", "bob"):
            service.connect(continued, login, "gateway", login)
        with pytest.raises(CannotRematch):
            service.rematch(continued, "alice")


class TestWithoutRules:
    def test_all_that_needs_them_is_refused_by_name(self, service, session_id, execute, install):
        install(Later())
        said = {"game": "dobutsu", "game_version": 1, "retry_after": 10.0}
        assert refused(execute, "alice", move="b2b3") == said
        assert refused(service.get, session_id) == said
        [answer] = service.connect_many([
            {"session_id": session_id, "connection_id": "c", "gateway_id": "g", "login": "alice"}
        ])
        assert answer["error"]["exc_type"] == "RulesUnavailable"

    def test_a_frozen_session_is_listed_and_can_be_resigned(
        self, service, session_id, execute, install
    ):
        install(None)
        [listed] = service.list("alice")["items"]
        assert (listed["session_id"], listed["to_move"]) == (session_id, [])
        execute("alice", kind="resign")
        assert service.list("alice")["items"][0]["result"]["winner"] == "bob"

    def test_time_that_passes_keeps_nobody_from_resigning(
        self, service, create, execute, install, wait
    ):
        session_id = begin_with_clocks(service, create)
        install(None)
        wait(100)
        execute("alice", "resign", session_id=session_id)
        assert service.list("alice")["items"][0]["result"]["reason"] == "resignation"

    def test_a_deleted_player_resigns_all_others(self, service, session_id, create, install):
        pig = create("pig", ("alice", "bob", "carol"), options={"rated": False, "goal": 30})
        service.registry.suspensions.hold("pig", pig, 60)
        service.resign_all("alice")
        assert service.get(session_id)["result"]["winner"] == "bob"

    @pytest.mark.parametrize("installed", [Later(), None])
    def test_nobody_loses_by_time(
        self, service, create, install, wait, clock, installed
    ):
        session_id = begin_with_clocks(service, create)
        wait(10)
        install(installed)
        wait(500)
        service.registry.games.pop("dobutsu", None)
        service.registry.games["dobutsu"] = Dobutsu()
        service.registry._made.clear()
        service.downtime_check.checked_at = 0.0  # as in a process that has just begun
        service.keep_time()
        clocks = service.get(session_id)["clocks"]
        assert clocks["alice"] == pytest.approx(50, abs=TOLERATED_SECONDS)
        assert clocks["bob"] == 60
        service.execute(session_id, "alice", {"type": "move", "move": "b1a2"}, "c")

    def test_nobody_claims_the_victory_meanwhile(self, serve, clock, install_in):
        service = serve(leaving="claim")
        session_id = service.create("k", "dobutsu", OPTIONS, ["alice", "bob"])
        for login in ("alice", "bob"):
            service.connect(session_id, login, "gateway", login)
        for move, login in (("b2b3", "alice"), ("a4a3", "bob")):
            service.execute(session_id, login, {"type": "move", "move": move}, move)
        service.disconnect(session_id, "bob")
        for _ in range(GRACE + 1):
            clock.advance(1)
            service.keep_time()
        install_in(service, Later())
        with pytest.raises(Exception, match="no victory to claim"):
            service.execute(session_id, "alice", {"type": "claim_victory"}, "c")

    @pytest.mark.parametrize("suspended", [False, True])
    def test_players_come_and_go_and_nobody_is_out(
        self, service, create, wait, caplog, suspended
    ):
        """What was due before is not decided by who goes meanwhile."""
        players, registry = ("alice", "bob", "carol"), service.registry
        session_id = create("pig", players, options={"rated": False, "goal": 30})
        for login in players:
            service.connect(session_id, login, "gateway", login)
        for number in range(20):
            login = service.get(session_id)["to_move"][0]
            service.execute(session_id, login, {"type": "move", "move": "roll"}, str(number))
        service.disconnect(session_id, "alice")
        rules = registry.games["pig"]
        if suspended:
            registry.suspensions.hold("pig", session_id, 60)
        else:
            del registry.games["pig"]
            registry._made.clear()
            service.check_rules()
        wait(GRACE + 1)
        service.disconnect(session_id, "bob")
        registry.suspensions.take_over([], 1)
        registry.games["pig"] = rules
        registry._made.clear()
        happened = [each["type"] for each in service.history(session_id)["events"]]
        assert happened[-2:] == ["session.player_disconnected"] * 2
        assert suspended or "could not be decided" not in caplog.text

    def test_they_are_counted(self, service, session_id, install):
        install(Later())
        service.collect_gauges()
        assert metrics.FROZEN.collect()[0].samples[0].value == 1

    def test_they_are_not_looked_for_any_more_once_nobody_needs_them(
        self, service, session_id, execute, install, statements
    ):
        install(None)
        execute("alice", kind="resign")
        service.check_rules()
        assert not any("FOR UPDATE" in each for each in statements(service.check_rules))


@pytest.fixture
def install_in():
    def install_in(service, game):
        service.registry.games["dobutsu"] = game
        service.registry._made.clear()
        service.check_rules()

    return install_in


def execute_first(service, session_id):
    service.execute(session_id, "alice", {"type": "move", "move": "b2b3"}, "first")
