"""Fixtures of the session tests: matches of Alice and Bob, by themselves and in the service."""

import copy
import itertools
import random
from collections import Counter
from contextlib import contextmanager

import pytest
from nameko.testing.services import worker_factory
from sqlalchemy import Engine, event

from arbiter_games.dobutsu import Dobutsu
from docs.examples.pig import Pig
from extensions.settings import Settings
from extensions.storage.driver_connection import DriverConnection
from sessions import attendance
from sessions.commands import Command, decide
from sessions.dependencies import DowntimeCheck
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.models import Base
from sessions.service import SessionsService
from tests.unit.sessions.games import Faulty, HighCard, Undecidable

NOW = 1_700_000_000.0
GRACE, LEASE = 30, 15
OPTIONS = {"clock": None, "rated": True}
CATCHING_THE_LION = ["b2b3", "a4a3", "b3b4+"]  # Alice takes Bob's lion, which ends the game


def types(happened):
    return [event.type for event in happened]


def result(winner, reason):
    if reason == "aborted":
        return {"winner": None, "reason": reason, "by_player": {}}
    loser = "bob" if winner == "alice" else "alice"
    return {"winner": winner, "reason": reason, "by_player": {winner: 1, loser: 0}}


def score(alice, bob):
    return {"alice": alice, "bob": bob}


@pytest.fixture
def begin():
    """Return a function that begins a match of Alice, who moves first in dobutsu, and Bob."""

    def begin(game=None, clock=None, leaving="auto", grace=30.0, first_move=30.0):
        game = game or Dobutsu()
        state = game.setup(2, {}, random.Random(1))
        options = {"clock": clock, "rated": True}
        settings = Settings(grace=grace, first_move_deadline=first_move, leaving=leaving)
        return Match.start("s1", game, settings, options, ["alice", "bob"], False, state, NOW)

    return begin


@pytest.fixture
def match(begin):
    return begin()


@pytest.fixture
def high_card(begin):
    """Return a match of a game in which both players may move at once."""
    return begin(HighCard())


@pytest.fixture
def give():
    """Return a function that gives a command to a match, some seconds after its beginning."""

    def give(match, login, kind, version=None, after=0.0, **rest):
        command = Command(login, {"type": kind, **rest}, version)
        return decide(match, command, NOW + after)

    return give


@pytest.fixture
def move(give):
    """Return a function that makes moves, each for the player to move."""

    def move(match, *moves, after=0.0):
        for each in moves:
            give(match, match.to_move[0], "move", move=each, after=after)

    return move


@pytest.fixture
def unchanged():
    """Return a context in which a command must be refused and leave the match as it was."""

    @contextmanager
    def unchanged(match, error):
        before = copy.deepcopy(match)
        with pytest.raises(error) as caught:
            yield caught
        assert caught.type is error
        before.game = match.game
        assert match == before

    return unchanged


@pytest.fixture
def both_moved(begin, move):
    """Return a function that begins a match in which both have connected and moved."""

    def both_moved(**settings):
        match = begin(**settings)
        for login in match.players:
            attendance.connect(match, login, NOW)
        move(match, "b2b3", "a4a3")
        return match

    return both_moved


@pytest.fixture
def serve(database, outbox, clock):
    """Return a function that creates the service, with other settings if given."""

    def serve(grace=GRACE, **settings):
        played = (Dobutsu(), HighCard(), Faulty(), Undecidable(), Pig())
        games = {game.name: game for game in played}
        return worker_factory(
            SessionsService, db=database(Base), outbox=outbox, clock=clock, archive=None,
            registry=GameRegistry(games), downtime_check=DowntimeCheck(),
            settings=Settings(grace=grace, gateway_lease=LEASE, **settings),
        )

    return serve


@pytest.fixture
def service(serve):
    return serve()


@pytest.fixture
def game_calls(service, monkeypatch):
    """Count the calls of dobutsu's methods by the service."""
    counted, limited = Counter(), type(service.registry.require("dobutsu"))

    def count(name):
        method = getattr(limited, name)

        def counting(self, *arguments):
            counted[name] += 1
            return method(self, *arguments)

        monkeypatch.setattr(limited, name, counting)

    for name in ("apply", "outcome", "to_move", "legal_moves", "view", "for_history"):
        count(name)
    return counted


@pytest.fixture
def given(monkeypatch):
    """Return a list to which all statements to databases are added, with their values."""
    given = []

    def note(connection, cursor, statement, values, *_):
        given.append((statement, values))

    def noting(method):
        def execute(self, text, values):
            given.append((text, values))
            return method(self, text, values)

        return execute

    for name in ("execute", "execute_for_each"):
        monkeypatch.setattr(DriverConnection, name, noting(getattr(DriverConnection, name)))
    event.listen(Engine, "before_cursor_execute", note)
    yield given
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def statements(given):
    """Return a function that returns the statements to databases of a call."""

    def statements(call):
        given.clear()
        call()
        return [statement for statement, _ in given]

    return statements


@pytest.fixture
def explain(service, given):
    """Return a function that returns SQLite's plan for a call's statements with these words."""

    def explain(call, words):
        given.clear()
        call()
        asked = [(statement, values) for statement, values in given if words in statement]
        with service.db.get_session() as session:
            engine = session.get_bind()
        with engine.connect() as connection:
            return [
                step.detail for statement, values in asked if not statement.startswith("INSERT")
                for step in connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", tuple(values)
                )
            ]

    return explain


@pytest.fixture
def create(service, outbox, clock):
    """Return a function that creates a session of Alice, who moves first, and Bob."""
    keys = map("key {}".format, itertools.count())

    def create(game="dobutsu", players=("alice", "bob"), private=False, options=OPTIONS):
        clock.advance(1)
        session_id = service.create(next(keys), game, options, list(players), private)
        outbox.forget()
        return session_id

    return create


@pytest.fixture
def session_id(create):
    return create()


@pytest.fixture
def execute(service, session_id):
    """Return a function that executes a command, with a new command id if none is given."""
    ids = map("command {}".format, itertools.count())

    def execute(login, kind="move", version=None, command_id=None, session_id=session_id, **rest):
        return service.execute(
            session_id, login, {"type": kind, **rest}, command_id or next(ids), version
        )

    return execute


@pytest.fixture
def play(service, execute, session_id):
    """Return a function that makes moves, each for the player to move."""

    def play(*moves):
        for move in moves:
            [login] = service.get(session_id)["to_move"]
            execute(login, move=move)

    return play


@pytest.fixture
def connect(service, session_id):
    """Return a function that connects a player, or a spectator for None."""

    def connect(login, connection=None, gateway="gateway", **rest):
        return service.connect(session_id, connection or f"of {login}", gateway, login, **rest)

    return connect


@pytest.fixture
def under_way(connect, play, outbox):
    """Have both players connect and move."""
    connect("alice")
    connect("bob")
    play("b2b3", "a4a3")
    outbox.forget()
