"""The session service: sessions begun once, commands applied once, presence, and time that passes.
"""

import itertools

import pytest
from nameko.exceptions import deserialize
from nameko.testing.services import worker_factory
from sqlalchemy.exc import IntegrityError, OperationalError

from extensions.pages import UnknownCursor, cursor
from sessions import storage
from sessions.exceptions import (
    CannotRematch,
    GameNotFound,
    IllegalMove,
    InvalidCommand,
    InvalidOptions,
    NotAMember,
    NotAPlayer,
    NotYourTurn,
    SessionActive,
    SessionEnded,
    SessionNotFound,
    StaleVersion,
)
from sessions.games.dobutsu import Dobutsu
from sessions.match import Terms
from sessions.models import Base
from sessions.service import TOLERATED_PAUSE, SessionsService
from sessions.storage import Arena
from tests.unit.sessions.conftest import CATCHING_THE_LION
from tests.unit.sessions.games import HighCard

GRACE, LEASE = 30, 15
OPTIONS = {"clock": None, "rated": True}
STATE_CHANGED, ENDED = "session.state_changed", "session.ended"
CONNECTED, DISCONNECTED = "session.player_connected", "session.player_disconnected"


class Faulty(Dobutsu):
    """A game with a mistake in it: it fails where it should refuse."""

    name = "faulty"
    title = "Faulty"

    def apply(self, state, player, move):
        if move == "boom":
            raise RuntimeError("a mistake in the game")
        return super().apply(state, player, move)


@pytest.fixture
def serve(database, announcer, clock):
    """Makes the service, by other terms if asked."""

    def serve(grace=GRACE, **terms):
        games = {game.name: game for game in (Dobutsu(), HighCard(), Faulty())}
        return worker_factory(
            SessionsService, config={"GATEWAY_LEASE": LEASE, "GRACE": grace},
            db=database(Base), announcer=announcer, clock=clock,
            arena=Arena(games, Terms(grace=grace, **terms)),
        )

    return serve


@pytest.fixture
def service(serve):
    return serve()


@pytest.fixture
def begin(service, announcer, clock):
    """Begins a session of Alice, who moves first in dobutsu, and Bob; its id."""
    keys = map("key {}".format, itertools.count())

    def begin(game="dobutsu", players=("alice", "bob"), private=False, options=OPTIONS):
        clock.advance(1)
        session_id = service.create(next(keys), game, options, list(players), private)
        announcer.forget()
        return session_id

    return begin


@pytest.fixture
def session_id(begin):
    return begin()


@pytest.fixture
def execute(service, session_id):
    """Gives a command, under an id of its own unless one is given."""
    ids = map("command {}".format, itertools.count())

    def execute(login, kind="move", version=None, command_id=None, session_id=session_id, **rest):
        return service.execute(
            session_id, login, {"type": kind, **rest}, command_id or next(ids), version
        )

    return execute


@pytest.fixture
def play(service, execute, session_id):
    """Makes moves, each of who is to move."""

    def play(*moves):
        for move in moves:
            [login] = service.get(session_id)["to_move"]
            execute(login, move=move)

    return play


@pytest.fixture
def connect(service, session_id):
    """Connects a player, or by None a spectator, by a connection of that name."""

    def connect(login, connection=None, gateway="gateway", **rest):
        return service.connect(session_id, connection or f"of {login}", gateway, login, **rest)

    return connect


@pytest.fixture
def under_way(connect, play, announcer):
    """Both are connected and have moved."""
    connect("alice")
    connect("bob")
    play("b2b3", "a4a3")
    announcer.forget()


def events_of(service, session_id, since=0):
    return service.history(session_id, since=since)["events"]


def types(events):
    return [event["type"] for event in events]


class TestGames:
    def test_the_games_are_told_by_name(self, service):
        games = service.games()
        assert [game["name"] for game in games] == ["dobutsu", "faulty", "high_card"]
        assert games[0] == {
            "name": "dobutsu", "title": "Dobutsu shogi", "min_players": 2, "max_players": 2
        }

    def test_what_is_to_be_played_is_completed(self, service):
        assert service.complete_options("dobutsu", {}) == {
            "game": "dobutsu", "options": OPTIONS, "seats": 2
        }

    def test_what_cannot_be_played_is_refused_the_game_first(self, service, refused):
        with refused(GameNotFound) as caught:
            service.complete_options("tafl", {"surprise": 1})
        assert caught.value.details == {"game": "tafl"}
        with refused(InvalidOptions):
            service.complete_options("dobutsu", {"surprise": 1})
        with refused(InvalidOptions):
            service.complete_options("dobutsu", {}, 3)


class TestCreate:
    def test_begins_a_session_and_tells_each_player(self, service, announcer):
        session_id = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        session = service.get(session_id)
        assert (session["players"], session["to_move"], session["version"]) == (
            ["alice", "bob"], ["alice"], 0
        )
        assert announcer.heard == [
            ("session.created", ("alice",)), ("session.created", ("bob",))
        ]
        told = [params["session"] for params in announcer.hear("session.created")]
        assert told == [service.get(session_id, login) for login in ("alice", "bob")]

    def test_with_the_same_key_it_is_the_same_session_and_nothing_is_told(
        self, service, clock, silent
    ):
        first = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        clock.advance(100)
        with silent():
            assert service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]) == first
        assert len(service.list()["items"]) == 1

    def test_with_another_key_it_is_another_session(self, service):
        ids = {service.create(key, "dobutsu", OPTIONS, ["alice", "bob"]) for key in "abc"}
        assert len(ids) == 3

    def test_of_two_at_the_same_moment_one_begins_it(self, service, silent, monkeypatch):
        first = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        find, looked = storage.id_of_key, []

        def too_early(session, key):
            looked.append(key)
            return None if len(looked) == 1 else find(session, key)

        monkeypatch.setattr(storage, "id_of_key", too_early)
        with silent():
            assert service.create("key", "dobutsu", OPTIONS, ["alice", "bob"]) == first
        assert len(looked) == 2

    def test_what_can_never_be_stored_is_an_error_and_not_tried_for_ever(self, service):
        with pytest.raises(IntegrityError):
            service.create("key", "dobutsu", OPTIONS, ["alice", "ALICE"])

    def test_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.create("key", "tafl", OPTIONS, ["alice", "bob"])


class TestExecute:
    def test_a_move_is_applied_told_and_answered_with_its_version(
        self, service, session_id, execute, announcer
    ):
        answer = execute("alice", move="b2b3", command_id="mine")
        assert answer == {"version": 1, "command_id": "mine"}
        assert service.get(session_id)["state"]["ply"] == 1
        [told] = announcer.hear(STATE_CHANGED)
        assert (told["version"], told["to_move"]) == (1, ["bob"])

    def test_a_move_that_ends_the_game_is_answered_with_its_own_version(
        self, service, session_id, play, execute, announcer
    ):
        play(*CATCHING_THE_LION[:2])
        assert execute("alice", move=CATCHING_THE_LION[2])["version"] == 3
        assert [event for event, _ in announcer.heard[-3:]] == [
            STATE_CHANGED, ENDED, "session.result"
        ]
        session = service.get(session_id)
        assert (session["status"], session["version"], session["result"]["reason"]) == (
            "ended", 4, "lion_caught"
        )

    def test_what_has_happened_is_stored_without_gaps(self, service, session_id, under_way, execute):
        execute("bob", "resign")
        events = events_of(service, session_id)
        assert [event["version"] for event in events] == list(range(1, 6))
        assert types(events) == [CONNECTED, CONNECTED, STATE_CHANGED, STATE_CHANGED, ENDED]

    def test_to_resign_ends_the_session_by_itself(self, service, session_id, execute):
        assert execute("bob", "resign")["version"] == 1
        assert service.get(session_id)["result"] == {
            "winner": "alice", "reason": "resignation", "by_player": {"alice": 1, "bob": 0}
        }

    @pytest.mark.parametrize(
        ("error", "login", "command"),
        [
            (NotAPlayer, "carol", {"kind": "resign"}),
            (InvalidCommand, "alice", {"kind": "castle"}),
            (StaleVersion, "alice", {"move": "b2b3", "version": 7}),
            (NotYourTurn, "bob", {"move": "b3b2"}),
            (IllegalMove, "alice", {"move": "a1a1"}),
        ],
    )
    def test_what_is_refused_changes_nothing_and_nobody_hears_of_it(
        self, service, session_id, execute, refused, error, login, command
    ):
        before = service.get(session_id)
        with refused(error):
            execute(login, **command)
        assert service.get(session_id) == before
        assert events_of(service, session_id) == []

    def test_an_unknown_session_is_not_found(self, execute, refused):
        with refused(SessionNotFound) as caught:
            execute("alice", "resign", session_id="nowhere")
        assert caught.value.details == {"session_id": "nowhere"}

    def test_who_is_no_player_is_told_so_before_anything_else(
        self, service, session_id, execute, refused
    ):
        execute("alice", "resign", command_id="hers")
        for command in [{"kind": "castle"}, {"kind": "resign", "version": 9},
                        {"kind": "resign", "command_id": "hers"}]:
            with refused(NotAPlayer):
                execute("carol", **command)

    def test_a_login_is_a_player_by_its_exact_name(self, execute, refused):
        with refused(NotAPlayer):
            execute("Alice", "resign")

    def test_an_ended_session_takes_no_command(self, execute, refused):
        execute("alice", "resign")
        with refused(SessionEnded):
            execute("bob", "castle")


class TestRepeatedCommands:
    def test_the_same_id_has_no_second_effect_and_the_same_answer(
        self, service, session_id, execute, silent
    ):
        first = execute("alice", move="b2b3", command_id="mine")
        with silent():
            assert execute("alice", move="b2b3", command_id="mine") == first
        assert service.get(session_id)["version"] == 1

    def test_whatever_the_command_says_the_second_time(self, execute, silent):
        first = execute("alice", move="b2b3", command_id="mine")
        with silent():
            assert execute("alice", "castle", version=99, command_id="mine") == first

    def test_it_is_answered_also_after_the_session_has_ended(self, execute, silent):
        moved = execute("alice", move="b2b3", command_id="mine")
        resigned = execute("alice", "resign", command_id="the last")
        with silent():
            assert execute("alice", move="b2b3", command_id="mine") == moved
            assert execute("alice", "resign", command_id="the last") == resigned

    def test_a_move_that_ended_the_game_is_answered_with_its_own_version_again(
        self, play, execute
    ):
        play(*CATCHING_THE_LION[:2])
        first = execute("alice", move=CATCHING_THE_LION[2], command_id="mine")
        assert execute("alice", move=CATCHING_THE_LION[2], command_id="mine") == first
        assert first["version"] == 3

    def test_an_offer_made_twice_is_answered_with_the_first_ones_version(self, execute, connect):
        assert execute("alice", "offer_draw", command_id="first")["version"] == 1
        connect("bob")
        assert execute("alice", "offer_draw", command_id="second")["version"] == 1
        execute("bob", "decline_draw")
        assert execute("alice", "offer_draw", command_id="second")["version"] == 1

    def test_ids_are_each_players_own(self, service, session_id, execute):
        execute("alice", move="b2b3", command_id="1")
        assert execute("bob", move="a4a3", command_id="1")["version"] == 2

    def test_ids_are_each_sessions_own(self, begin, execute):
        execute("alice", move="b2b3", command_id="1")
        execute("alice", "resign", command_id="2")
        other = begin()
        assert execute("alice", move="b2b3", command_id="1", session_id=other)["version"] == 1

    def test_a_refused_command_is_not_remembered(self, execute, refused):
        with refused(NotYourTurn):
            execute("bob", move="a4a3", command_id="mine")
        execute("alice", move="b2b3")
        assert execute("bob", move="a4a3", command_id="mine")["version"] == 2


class TestStaleVersion:
    def test_only_a_move_makes_a_version_stale(self, execute, connect, refused):
        execute("alice", move="b2b3")
        connect("alice")
        assert execute("bob", move="a4a3", version=1)["version"] == 3
        with refused(StaleVersion) as caught:
            execute("alice", move="b3b4+", version=2)
        assert caught.value.details == {"version": 3}

    def test_where_all_move_at_once_only_ones_own_does(self, service, begin, execute, refused):
        session_id = begin("high_card")
        hands = [service.get(session_id, login)["legal"] for login in ("alice", "bob")]
        execute("alice", move=hands[0][0], version=0, session_id=session_id)
        execute("bob", move=hands[1][0], version=0, session_id=session_id)
        with refused(StaleVersion):
            execute("bob", move=hands[1][1], version=0, session_id=session_id)


class TestExecuteMany:
    @staticmethod
    def order(session_id, login, command_id="1", **command):
        return {
            "session_id": session_id, "login": login, "command": {"type": "move", **command},
            "command_id": command_id,
        }

    def test_each_is_decided_by_itself_in_order_and_answered_by_itself(
        self, service, session_id, begin
    ):
        other = begin()
        answers = service.execute_many(
            [
                self.order(session_id, "alice", move="b2b3"),
                self.order(session_id, "bob", move="nonsense"),
                self.order(other, "bob", move="a4a3"),
                self.order(session_id, "bob", "2", move="a4a3"),
                self.order("nowhere", "alice", move="b2b3"),
            ]
        )
        assert [answer.get("result") for answer in answers] == [
            {"version": 1, "command_id": "1"}, None, None, {"version": 2, "command_id": "2"}, None
        ]
        errors = [deserialize(answer["error"]) for answer in answers if "error" in answer]
        assert [type(error) for error in errors] == [IllegalMove, NotYourTurn, SessionNotFound]
        assert service.get(session_id)["version"] == 2

    def test_what_was_refused_is_not_told_and_what_was_done_is_told_in_order(
        self, service, session_id, announcer
    ):
        service.execute_many(
            [
                self.order(session_id, "bob", move="a4a3"),
                self.order(session_id, "alice", move="b2b3"),
                self.order(session_id, "bob", "2", move="a4a3"),
            ]
        )
        assert [told["version"] for told in announcer.hear(STATE_CHANGED)] == [1, 2]

    def test_a_command_repeated_in_one_batch_is_applied_once(self, service, session_id):
        order = self.order(session_id, "alice", move="b2b3")
        first, second = service.execute_many([order, order])
        assert first == second == {"result": {"version": 1, "command_id": "1"}}
        assert len(events_of(service, session_id)) == 1

    def test_of_none_there_are_no_answers(self, service, silent):
        with silent():
            assert service.execute_many([]) == []

    @pytest.fixture
    def storing_fails_for(self, monkeypatch):
        """Makes every transaction fail that holds a command of this id."""
        remember = storage.remember

        def storing_fails_for(command_id):
            def failing(session, commands):
                if command_id in [key[2] for key, _ in commands]:
                    raise OperationalError("INSERT", {}, Exception("no"))
                remember(session, commands)

            monkeypatch.setattr(storage, "remember", failing)

        return storing_fails_for

    def test_where_the_transaction_fails_the_others_are_answered_all_the_same(
        self, service, session_id, begin, announcer, storing_fails_for
    ):
        others = [begin(), begin()]
        storing_fails_for("bad")
        answers = service.execute_many(
            [
                self.order(others[0], "alice", move="b2b3"),
                self.order(session_id, "alice", "bad", move="b2b3"),
                self.order(others[1], "alice", move="b2b3"),
            ]
        )
        assert [answer.get("result", {}).get("version") for answer in answers] == [1, None, 1]
        assert "error" in answers[1]
        assert service.get(session_id)["version"] == 0
        assert len(announcer.hear(STATE_CHANGED)) == 2

    def test_where_a_game_has_a_mistake_the_others_are_answered_all_the_same(
        self, service, session_id, begin
    ):
        faulty = begin("faulty")
        answers = service.execute_many(
            [
                self.order(faulty, "alice", move="boom"),
                self.order(session_id, "alice", move="b2b3"),
            ]
        )
        assert type(deserialize(answers[0]["error"])).__name__ == "RemoteError"
        assert answers[1] == {"result": {"version": 1, "command_id": "1"}}
        assert service.get(faulty)["version"] == 0


class TestConnect:
    def test_answers_the_session_with_the_players_own_coming_in_it(
        self, service, connect, announcer
    ):
        answer = connect("alice")
        assert answer["events"] == []
        assert (answer["session"]["version"], answer["session"]["connected"]) == (1, ["alice"])
        assert answer["session"]["legal"]
        assert [told["login"] for told in announcer.hear(CONNECTED)] == ["alice"]

    def test_only_the_first_connection_of_a_player_is_told(self, connect, silent):
        connect("alice", "first")
        with silent():
            assert connect("alice", "second")["session"]["version"] == 1
            connect("alice", "first")

    def test_who_is_no_player_watches(self, service, session_id, connect, silent):
        with silent():
            answers = [connect("carol"), connect(None, "anonymous")]
        session = answers[-1]["session"]
        assert (session["connected"], session["spectators"], session["version"]) == ([], 2, 0)
        assert (session["legal"], session["claims"]) == ([], [])

    def test_a_connection_that_watched_plays_once_it_connects_as_the_player(
        self, connect, announcer
    ):
        assert connect(None, "this one")["session"]["spectators"] == 1
        session = connect("alice", "this one")["session"]
        assert (session["connected"], session["spectators"]) == (["alice"], 0)
        assert [event for event, _ in announcer.heard] == [CONNECTED]

    def test_with_since_it_answers_what_came_after(self, connect, play):
        connect("alice")
        play("b2b3", "a4a3")
        answer = connect("bob", since=1)
        assert [(event["version"], event["type"]) for event in answer["events"]] == [
            (2, STATE_CHANGED), (3, STATE_CHANGED), (4, CONNECTED)
        ]
        assert answer["session"]["version"] == 4

    @pytest.mark.parametrize("since", [1, 2, 2**31 - 1])
    def test_with_a_since_that_is_up_to_date_or_beyond_there_are_no_events(self, connect, since):
        connect("alice")
        assert connect("alice", since=since)["events"] == []

    def test_an_ended_session_can_be_watched_and_nothing_happens_in_it(
        self, service, session_id, execute, connect, silent
    ):
        execute("alice", "resign")
        with silent():
            assert connect("alice")["session"]["connected"] == ["alice"]
            service.disconnect(session_id, "of alice")
        assert len(events_of(service, session_id)) == 1

    def test_an_unknown_session_is_not_found(self, service, refused):
        with refused(SessionNotFound):
            service.connect("nowhere", "connection", "gateway", "alice")


class TestDisconnect:
    def test_only_the_last_connection_of_a_player_is_told_with_the_deadline(
        self, service, session_id, connect, announcer, clock, silent
    ):
        connect("alice", "first")
        connect("alice", "second")
        with silent():
            service.disconnect(session_id, "first")
        service.disconnect(session_id, "second")
        [told] = announcer.hear(DISCONNECTED)
        assert (told["login"], told["version"]) == ("alice", 2)
        assert told["deadline"] == "2023-11-14T22:13:51.000Z"
        assert service.get(session_id)["connected"] == []

    def test_who_has_not_connected_is_no_member(self, service, session_id, connect, refused):
        connect("alice")
        with refused(NotAMember):
            service.disconnect(session_id, "another")
        service.disconnect(session_id, "of alice")
        with refused(NotAMember):
            service.disconnect(session_id, "of alice")

    def test_an_unknown_session_is_not_found(self, service, refused):
        with refused(SessionNotFound):
            service.disconnect("nowhere", "connection")

    def test_closed_connections_leave_all_their_sessions_and_what_is_unknown_is_passed_over(
        self, service, session_id, begin, connect, announcer
    ):
        other = begin()
        connect("alice", "hers")
        service.connect(other, "hers", "gateway", "alice")
        connect("bob", "his")
        announcer.forget()
        service.forget_connections(["hers", "unknown"])
        told = announcer.hear(DISCONNECTED)
        assert {(each["session_id"], each["login"]) for each in told} == {
            (session_id, "alice"), (other, "alice")
        }
        assert service.get(session_id)["connected"] == ["bob"]

    def test_two_who_leave_at_once_have_both_left(
        self, service, session_id, under_way, announcer
    ):
        service.forget_connections(["of alice", "of bob"])
        assert [each["version"] for each in announcer.hear(DISCONNECTED)] == [5, 6]


class TestLeaving:
    def result(self, service, session_id):
        return service.get(session_id)["result"]

    def wait(self, service, clock, seconds):
        """Time passes, with the service running."""
        for _ in range(int(seconds)):
            clock.advance(1)
            service.keep_time()

    def test_a_session_ends_against_a_player_who_has_moved_and_left(
        self, service, session_id, under_way, clock, announcer
    ):
        service.disconnect(session_id, "of bob")
        self.wait(service, clock, GRACE - 1)
        assert self.result(service, session_id) is None
        self.wait(service, clock, 1)
        assert self.result(service, session_id) == {
            "winner": "alice", "reason": "abandonment", "by_player": {"alice": 1, "bob": 0}
        }
        assert [event for event, _ in announcer.heard] == [
            DISCONNECTED, ENDED, "session.result"
        ]

    def test_it_is_aborted_where_who_left_has_not_moved(
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

    def test_who_comes_back_in_time_plays_on(
        self, service, session_id, under_way, connect, clock, execute
    ):
        service.disconnect(session_id, "of bob")
        self.wait(service, clock, GRACE - 1)
        connect("bob", "another one")
        self.wait(service, clock, GRACE * 2)
        assert execute("alice", move="c1c2")

    def test_a_grace_of_0_ends_the_session_at_once(self, serve, clock, announcer):
        service = serve(grace=0)
        session_id = service.create("key", "dobutsu", OPTIONS, ["alice", "bob"])
        for login in ("alice", "bob"):
            service.connect(session_id, login, "gateway", login)
        service.execute(session_id, "alice", {"type": "move", "move": "b2b3"}, "1")
        announcer.forget()
        service.disconnect(session_id, "alice")
        assert [event for event, _ in announcer.heard] == [
            DISCONNECTED, ENDED, "session.result"
        ]
        assert self.result(service, session_id)["winner"] == "bob"

    def test_a_session_to_which_nobody_comes_is_aborted(self, service, session_id, clock):
        self.wait(service, clock, 30)
        assert self.result(service, session_id)["reason"] == "aborted"

    def test_a_session_ends_once(self, service, session_id, under_way, clock, silent):
        service.disconnect(session_id, "of bob")
        self.wait(service, clock, GRACE)
        with silent():
            self.wait(service, clock, GRACE)

    def test_a_flag_falls_by_itself(self, service, begin, clock, announcer):
        session_id = begin(options={"clock": {"initial": 5, "increment": 0}, "rated": True})
        for number, (login, move) in enumerate([("alice", "b2b3"), ("bob", "a4a3")]):
            service.execute(session_id, login, {"type": "move", "move": move}, str(number))
        self.wait(service, clock, 6)
        assert self.result(service, session_id)["reason"] == "timeout"

    def test_a_command_after_the_flag_ends_the_session_and_is_refused_but_no_other(
        self, service, begin, clock, announcer
    ):
        session_id = begin(options={"clock": {"initial": 5, "increment": 0}, "rated": True})
        for number, (login, move) in enumerate([("alice", "b2b3"), ("bob", "a4a3")]):
            service.execute(session_id, login, {"type": "move", "move": move}, str(number))
        clock.advance(5.1)
        with pytest.raises(SessionEnded):
            service.execute(session_id, "alice", {"type": "move", "move": "c1c2"}, "late")
        assert self.result(service, session_id)["winner"] == "bob"
        assert announcer.heard[-2][0] == ENDED

    def test_a_pause_of_the_service_is_nobodys_to_lose(
        self, service, session_id, under_way, clock
    ):
        service.keep_time()
        service.disconnect(session_id, "of bob")
        clock.advance(GRACE * 10)
        service.keep_time()
        self.wait(service, clock, GRACE - 1)
        assert self.result(service, session_id) is None
        self.wait(service, clock, 1)
        assert self.result(service, session_id)["reason"] == "abandonment"

    def test_a_pause_is_not_forgiven_twice(self, service, session_id, under_way, clock):
        service.keep_time()
        service.disconnect(session_id, "of bob")
        clock.advance(GRACE * 10)
        service.keep_time()
        service.keep_time()
        self.wait(service, clock, GRACE)
        assert self.result(service, session_id)["reason"] == "abandonment"

    def test_a_moment_without_the_service_is_no_pause(
        self, service, session_id, under_way, clock
    ):
        service.keep_time()
        service.disconnect(session_id, "of bob")
        for _ in range(int(GRACE / TOLERATED_PAUSE)):
            clock.advance(TOLERATED_PAUSE)
            service.keep_time()
        assert self.result(service, session_id)["reason"] == "abandonment"


class TestLostGateways:
    def test_what_hung_on_a_lost_gateway_has_left(
        self, service, session_id, connect, clock, announcer
    ):
        service.renew("one")
        service.renew("other")
        connect("alice", gateway="one")
        connect("bob", gateway="other")
        announcer.forget()
        clock.advance(LEASE - 1)
        assert service.renew("other") is True
        clock.advance(2)
        service.drop_lost_gateways()
        assert [told["login"] for told in announcer.hear(DISCONNECTED)] == ["alice"]
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

    def test_a_gateway_that_is_new_or_was_lost_is_told_so_once(self, service, clock):
        assert [service.renew("one"), service.renew("one")] == [False, True]
        clock.advance(LEASE + 1)
        service.drop_lost_gateways()
        assert [service.renew("one"), service.renew("one")] == [False, True]

    def test_it_is_told_so_also_where_one_of_its_connections_came_first(
        self, service, connect, clock
    ):
        service.renew("one")
        connect("alice", gateway="one")
        clock.advance(LEASE + 1)
        service.drop_lost_gateways()
        connect("bob", gateway="one")
        assert service.renew("one") is False

    def test_a_connection_of_a_gateway_that_never_renews_is_dropped(
        self, service, connect, clock, announcer
    ):
        connect("alice", gateway="never")
        clock.advance(LEASE + 1)
        service.drop_lost_gateways()
        assert [told["login"] for told in announcer.hear(DISCONNECTED)] == ["alice"]

    def test_a_pause_of_the_service_costs_no_gateway_its_lease(
        self, service, connect, clock, announcer
    ):
        service.keep_time()
        service.renew("one")
        connect("alice", gateway="one")
        announcer.forget()
        clock.advance(LEASE * 10)
        service.keep_time()
        service.drop_lost_gateways()
        assert announcer.heard == []


class TestAudience:
    def test_how_many_watch_is_told_where_it_has_changed_and_once(
        self, service, session_id, connect, announcer, silent
    ):
        connect(None, "one")
        connect("carol", "other")
        service.tell_audiences()
        service.disconnect(session_id, "one")
        service.tell_audiences()
        assert [
            told["spectators"] for told in announcer.hear("session.spectators_changed")
        ] == [2, 1]
        with silent():
            service.tell_audiences()

    def test_players_are_no_audience(self, service, connect, announcer, silent):
        connect("alice")
        with silent():
            service.tell_audiences()

    def test_a_watcher_who_becomes_a_player_watches_no_longer(
        self, service, connect, announcer
    ):
        connect(None, "this one")
        service.tell_audiences()
        connect("alice", "this one")
        service.tell_audiences()
        assert [
            told["spectators"] for told in announcer.hear("session.spectators_changed")
        ] == [1, 0]


class TestHistory:
    def test_tells_what_has_happened_from_the_beginning_or_after_a_version(
        self, service, session_id, under_way
    ):
        assert [event["version"] for event in events_of(service, session_id)] == [1, 2, 3, 4]
        assert [event["version"] for event in events_of(service, session_id, since=3)] == [4]
        assert events_of(service, session_id, since=4) == []

    def test_an_unknown_session_is_not_found(self, service, refused):
        for method in (service.get, service.history, service.export):
            with refused(SessionNotFound):
                method("nowhere")


class TestList:
    def ids(self, page):
        return [session["session_id"] for session in page["items"]]

    def test_sessions_are_listed_newest_first_and_page_by_page(self, service, begin):
        begun = [begin() for _ in range(5)]
        first = service.list(limit=2)
        second = service.list(limit=2, after=first["next"])
        third = service.list(limit=2, after=second["next"])
        assert sum(map(self.ids, (first, second, third)), []) == begun[::-1]
        assert third["next"] is None

    def test_by_player_whatever_the_case_by_game_and_by_status(self, service, begin, execute):
        mine, other = begin(players=["Zoe", "bob"]), begin("high_card")
        execute("Zoe", "resign", session_id=mine)
        assert self.ids(service.list(login="zoe")) == [mine]
        assert self.ids(service.list(game="high_card")) == [other]
        assert self.ids(service.list(status="ended")) == [mine]
        assert mine not in self.ids(service.list(status="active"))
        assert self.ids(service.list(login="nobody")) == []

    def test_those_of_private_rooms_are_shown_to_their_players_only(self, service, begin):
        private = begin(private=True)
        for viewer in (None, "carol", ""):
            assert private not in self.ids(service.list(viewer))
            assert private not in self.ids(service.list(viewer, login="alice"))
        for viewer in ("alice", "bob"):
            assert private in self.ids(service.list(viewer))

    def test_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.list(game="tafl")

    @pytest.mark.parametrize("after", ["nonsense", cursor("rooms", [1.0, "x"])])
    def test_a_cursor_that_this_list_has_not_given_is_refused(self, service, refused, after):
        with refused(UnknownCursor):
            service.list(after=after)


class TestResignAll:
    def test_resigns_what_is_active_of_this_player(self, service, begin, execute, announcer):
        active, ended = begin(), begin()
        others = begin(players=["carol", "dave"])
        execute("bob", "resign", session_id=ended)
        announcer.forget()
        service.resign_all("alice")
        assert service.get(active)["result"]["winner"] == "bob"
        assert service.get(ended)["result"]["winner"] == "alice"
        assert service.get(others)["status"] == "active"
        assert [told["session_id"] for told in announcer.hear(ENDED)] == [active]

    def test_where_there_is_none_nothing_happens(self, service, silent):
        with silent():
            service.resign_all("nobody")


class TestRematch:
    @pytest.fixture
    def ended(self, service, session_id, under_way, execute, announcer):
        execute("alice", "resign")
        announcer.forget()

    def test_who_asks_is_told_to_both_and_the_second_one_begins_it(
        self, service, session_id, ended, announcer
    ):
        assert service.rematch(session_id, "alice") == {"status": "asked"}
        assert announcer.heard == [("session.rematch_asked", ("alice", "bob"))]
        created = service.rematch(session_id, "bob")
        session = service.get(created["session_id"])
        assert (session["players"], session["options"]) == (["bob", "alice"], OPTIONS)
        assert service.rematch(session_id, "alice") == created
        assert [event for event, _ in announcer.heard[1:]] == ["session.created"] * 2

    def test_asking_twice_is_told_once(self, service, session_id, ended, silent):
        service.rematch(session_id, "alice")
        with silent():
            assert service.rematch(session_id, "alice") == {"status": "asked"}

    def test_a_request_lapses_when_either_has_left(
        self, service, session_id, ended, connect, announcer, refused
    ):
        service.rematch(session_id, "alice")
        service.disconnect(session_id, "of bob")
        assert [told["login"] for told in announcer.hear("session.rematch_asked")] == [
            "alice", None
        ]
        with refused(CannotRematch):
            service.rematch(session_id, "alice")
        connect("bob")
        assert service.rematch(session_id, "bob") == {"status": "asked"}

    def test_while_it_is_played_and_by_strangers_it_is_refused(
        self, service, session_id, under_way, refused
    ):
        with refused(SessionActive):
            service.rematch(session_id, "alice")
        with refused(NotAPlayer):
            service.rematch(session_id, "carol")
        with refused(SessionNotFound):
            service.rematch("nowhere", "alice")

    def test_one_of_a_private_rooms_session_is_as_private(self, service, begin, execute):
        session_id = begin(private=True)
        for login in ("alice", "bob"):
            service.connect(session_id, login, "gateway", login)
        execute("alice", "resign", session_id=session_id)
        service.rematch(session_id, "alice")
        created = service.rematch(session_id, "bob")["session_id"]
        assert created not in TestList().ids(service.list())
        assert created in TestList().ids(service.list("alice"))


class TestExport:
    def test_a_finished_game_is_exported_by_its_moves(self, service, session_id, play):
        play(*CATCHING_THE_LION)
        exported = service.export(session_id)
        assert exported["format"] == "text"
        assert all(move in exported["text"] for move in CATCHING_THE_LION)

    def test_not_while_it_is_played(self, service, session_id, refused):
        with refused(SessionActive):
            service.export(session_id)


def test_it_answers_a_ping(service):
    assert service.ping() == "pong"
