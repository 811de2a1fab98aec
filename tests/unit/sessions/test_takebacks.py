"""Takebacks: offered, accepted, declined; what stands afterwards, and what the clocks read."""

import pytest

from arbiter_games.chess import Chess
from arbiter_games.dobutsu import Dobutsu
from sessions import takebacks
from sessions.exceptions import (
    CannotTakeBack,
    InvalidCommand,
    NoTakebackOffered,
    StaleVersion,
)
from sessions.storage import SessionStore
from sessions.takebacks import Earlier, EarlierNeeded
from tests.unit.sessions.conftest import NOW, types
from tests.unit.sessions.games import HighCard

UNRATED = {"clock": None, "rated": False}
TAKEN_BACK = "session.takeback_accepted"


@pytest.fixture
def session_id(create):
    return create(options=UNRATED)


@pytest.fixture
def match(begin):
    match = begin()
    match.options["rated"] = False
    return match


@pytest.fixture
def whole(service, session_id):
    """Return a function that returns the match as it is stored."""

    def whole(session_id=session_id):
        with SessionStore.of(service).transaction() as transaction:
            return transaction.sessions.require(session_id)

    return whole


@pytest.fixture
def taken_back(execute):
    """Return a function by which a player takes back a move, and the other one agrees."""

    def taken_back(login, session_id=None):
        given = {} if session_id is None else {"session_id": session_id}
        execute(login, "offer_takeback", **given)
        return execute("bob" if login == "alice" else "alice", "accept_takeback", **given)

    return taken_back


class TestOffers:
    def test_an_offer_stands_until_any_move(self, match, give, move):
        move(match, "b2b3")
        [event] = give(match, "alice", "offer_takeback").events
        assert (event.type, event.data) == ("session.takeback_offered", {"login": "alice"})
        assert match.takeback_offered_by == "alice"
        assert give(match, "alice", "offer_takeback").events == []
        move(match, "a4a3")
        assert match.takeback_offered_by is None

    def test_a_declined_offer_can_be_made_again(self, match, give, move):
        move(match, "b2b3")
        give(match, "alice", "offer_takeback")
        [event] = give(match, "bob", "decline_takeback").events
        assert (event.type, event.data) == ("session.takeback_declined", {"login": "bob"})
        assert types(give(match, "alice", "offer_takeback").events) == ["session.takeback_offered"]

    def test_one_who_has_not_moved_has_nothing_to_offer(self, match, give, move, unchanged):
        move(match, "b2b3")
        with unchanged(match, CannotTakeBack):
            give(match, "bob", "offer_takeback")

    def test_an_opponents_offer_is_to_be_answered_first(self, match, give, move, unchanged):
        move(match, "b2b3", "a4a3")
        give(match, "alice", "offer_takeback")
        with unchanged(match, InvalidCommand):
            give(match, "bob", "offer_takeback")

    @pytest.mark.parametrize("kind", ["accept_takeback", "decline_takeback"])
    def test_only_an_opponents_offer_is_answered(self, match, give, move, unchanged, kind):
        move(match, "b2b3")
        with unchanged(match, NoTakebackOffered):
            give(match, "bob", kind)
        give(match, "alice", "offer_takeback")
        with unchanged(match, NoTakebackOffered):
            give(match, "alice", kind)

    def test_a_very_long_session_has_no_more_of_them(self, match, give, move, monkeypatch):
        move(match, "b2b3")
        monkeypatch.setattr(takebacks, "MAX_VERSION", 1)
        with pytest.raises(CannotTakeBack):
            give(match, "alice", "offer_takeback")

    def test_offers_between_two_moves_are_limited(self, match, give, move):
        move(match, "b2b3")
        for _ in range(100):
            give(match, "alice", "offer_takeback")
            give(match, "bob", "decline_takeback")
        with pytest.raises(InvalidCommand):
            give(match, "alice", "offer_takeback")

    def test_three_players_take_back_once_all_agree(self, match, give):
        match.players.append("carol")
        match.last_move_version["bob"] = match.version = 1
        give(match, "bob", "offer_takeback")
        assert types(give(match, "alice", "accept_takeback").events) == [
            "session.takeback_offered"
        ]
        with pytest.raises(EarlierNeeded):
            give(match, "carol", "accept_takeback")


class Dice(Dobutsu):
    """A game of chance: what comes is hidden from everybody, and so it is no secret."""

    def setup(self, players, options, rng):
        return {**super().setup(players, options, rng), "seed": rng.random()}


class TestWhereTheyAreAllowed:
    @pytest.mark.parametrize("game, allowed", [
        (Dobutsu(), True), (Chess(), True), (HighCard(), False),
    ])
    def test_secrets_allow_none(self, begin, game, allowed):
        match = begin(game)
        match.options["rated"] = False
        assert takebacks.are_allowed(match) is allowed

    @pytest.mark.parametrize("declared, allowed", [(None, False), (True, True)])
    def test_chance_allows_none_unless_the_game_says_so(self, begin, declared, allowed):
        game = Dice()
        game.takebacks = declared
        match = begin(game)
        match.options["rated"] = False
        assert takebacks.are_allowed(match) is allowed

    def test_a_game_without_chance_need_not_say_anything(self, begin):
        game = Dobutsu()
        game.takebacks = None
        match = begin(game)
        match.options["rated"] = False
        assert takebacks.are_allowed(match)

    def test_a_rated_session_allows_none(self, begin, give, move, unchanged):
        match = begin()
        move(match, "b2b3")
        with unchanged(match, CannotTakeBack):
            give(match, "alice", "offer_takeback")


class TestWhatStands:
    def test_one_move_is_taken_back_before_the_reply(
        self, service, session_id, play, whole, taken_back, outbox
    ):
        play("b2b3", "a4a3")
        before = whole().state
        play("c1c2")
        assert taken_back("alice") == {"version": 5, "command_id": "command 4"}
        assert whole().state == before  # the counts of positions too, which events have not
        [told] = outbox.hear(TAKEN_BACK)
        assert (told["login"], told["taken_back"], told["to_move"], told["version"]) == (
            "bob", [3], ["alice"], 5
        )
        assert told["state"]["ply"] == 2 and "legal" not in told
        assert service.get(session_id, "alice")["legal"] == told_legal(service, session_id)

    def test_two_moves_are_taken_back_after_the_reply(
        self, service, session_id, play, whole, taken_back
    ):
        start = whole().state
        play("b2b3", "a4a3")
        taken_back("alice")
        session = service.get(session_id, "alice")
        assert (session["state"]["ply"], session["to_move"]) == (0, ["alice"])
        assert session["takeback_offered_by"] is None and whole().state == start
        assert not whole().last_move_version  # as if nobody had moved

    def test_each_move_is_taken_back_once(self, play, whole, taken_back, outbox):
        play("b2b3", "a4a3", "c1c2")
        taken_back("alice")
        play("b1a2")
        taken_back("alice")
        taken_back("bob")
        assert [told["taken_back"] for told in outbox.hear(TAKEN_BACK)] == [[3], [6], [2]]
        assert whole().state["ply"] == 1

    def test_an_export_leaves_out_what_was_taken_back(
        self, service, session_id, play, taken_back, execute
    ):
        play("b2b3", "a4a3", "c1c2")
        taken_back("alice")
        play("b1a2")
        execute("bob", "resign")
        text = service.export(session_id)["text"]
        assert "3. alice: b1a2" in text and "c1c2" not in text

    def test_a_command_for_the_position_before_is_stale(self, play, taken_back, execute):
        play("b2b3", "a4a3", "c1c2")
        taken_back("alice")
        with pytest.raises(StaleVersion):
            execute("alice", move="b1a2", version=2)
        execute("alice", move="b1a2", version=5)

    def test_a_draw_offer_lapses(self, service, session_id, play, execute, taken_back):
        play("b2b3")
        execute("alice", "offer_draw")
        taken_back("alice")
        assert service.get(session_id)["draw_offered_by"] is None

    def test_acceptance_sent_again_is_answered_as_before(self, play, execute, session_id, service):
        play("b2b3")
        execute("alice", "offer_takeback")
        answers = [execute("bob", "accept_takeback", command_id="mine") for _ in range(2)]
        assert answers[0] == answers[1] and service.get(session_id)["version"] == 3

    def test_other_commands_of_the_batch_are_served(self, service, session_id, play, create):
        other = create(options=UNRATED)
        play("b2b3")
        service.execute(session_id, "alice", {"type": "offer_takeback"}, "offer")
        answers = service.execute_many([
            {"session_id": other, "login": "alice", "command": {"type": "move", "move": "b2b3"},
             "command_id": "a"},
            {"session_id": session_id, "login": "bob", "command": {"type": "accept_takeback"},
             "command_id": "b"},
        ])
        assert [each["result"]["version"] for each in answers] == [1, 3]


def told_legal(service, session_id):
    return service.history(session_id, "alice")["events"][-1]["legal"]


class TestClocks:
    @pytest.fixture
    def timed(self, create, clock, execute):
        """Return a session in which moves that took 2, 2 and 1 s have got an increment of 5 s."""
        options = {"clock": {"initial": 60, "increment": 5}, "rated": False}
        session_id = create(options=options)
        moves = (("alice", "b2b3", 1), ("bob", "a4a3", 1), ("alice", "c1c2", 2),
                 ("bob", "a3a2", 2), ("alice", "b1a2", 1))
        for login, move, after in moves:
            clock.advance(after)
            execute(login, move=move, session_id=session_id)
        return session_id

    def test_they_read_as_right_after_the_move(self, service, timed, clock, taken_back):
        clock.advance(2.5)  # which Bob thinks, until Alice takes back b1a2
        taken_back("alice", timed)
        assert service.get(timed)["clocks"] == {"alice": 60 - 2 + 5 - 1 + 5, "bob": 60 - 2 + 5}
        clock.advance(3)
        assert service.get(timed)["clocks"] == {"alice": 64, "bob": 63}

    def test_the_reply_costs_nothing_if_it_is_taken_back_too(
        self, service, timed, clock, taken_back
    ):
        clock.advance(2.5)
        taken_back("bob", timed)
        assert service.get(timed)["clocks"] == {"alice": 60 - 2 + 5, "bob": 60 - 2 + 5}
        clock.advance(3)
        assert service.get(timed)["clocks"] == {"alice": 63, "bob": 60}

    @pytest.mark.parametrize("clock_options, read", [
        ({"days": 2, "vacation": 0}, 2 * 86_400), ({"initial": 0, "period": 30, "periods": 3}, 90),
    ])
    def test_days_and_periods_are_whole_again(
        self, service, create, clock, execute, taken_back, clock_options, read
    ):
        session_id = create(options={"clock": clock_options, "rated": False})
        for login, move in (("alice", "b2b3"), ("bob", "a4a3"), ("alice", "c1c2")):
            clock.advance(2)
            execute(login, move=move, session_id=session_id)
        taken_back("alice", session_id)
        session = service.get(session_id)
        assert session["clocks"] == {"alice": read, "bob": read}
        assert set(session["clock_details"]) == {"alice", "bob"}

    def test_a_first_move_is_awaited_again(self, begin, give, move):
        match = begin(clock={"initial": 60, "increment": 0}, first_move=30)
        match.options["rated"] = False
        start = match.state
        move(match, "b2b3")
        give(match, "alice", "offer_takeback")
        with pytest.raises(EarlierNeeded) as needed:
            give(match, "bob", "accept_takeback", after=10)
        assert (needed.value.login, needed.value.version) == ("alice", 1)
        made = takebacks.MadeMove(1, "alice", "b2b3", {"alice": 60.0, "bob": 60.0})
        match.earlier = Earlier(1, start, [], [made])
        give(match, "bob", "accept_takeback", after=10)
        assert match.first_move_deadlines == {"alice": NOW + 40}
        assert match.clocks.running == ()
