"""The vocabulary of the session tests: matches of Alice and Bob by themselves, and in the service.
"""

import itertools
import random
from collections import Counter

import pytest
from nameko.testing.services import worker_factory
from sqlalchemy import event

from arbiter_games.dobutsu import Dobutsu
from sessions.commands import Command, decide
from sessions.dependencies import DowntimeCheck
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.models import Base
from sessions.service import SessionsService
from sessions.settings import SessionSettings
from tests.unit.sessions.games import Faulty, HighCard, Undecidable

NOW = 1_700_000_000.0
GRACE, LEASE = 30, 15
OPTIONS = {"clock": None, "rated": True}
CATCHING_THE_LION = ["b2b3", "a4a3", "b3b4+"]  # ends the game: Alice takes Bob's lion


@pytest.fixture
def begin():
    """Begins a match of Alice, who moves first in dobutsu, and Bob."""

    def begin(game=None, clock=None, leaving="auto", grace=30.0, first_move=30.0):
        game = game or Dobutsu()
        state = game.setup(2, {}, random.Random(1))
        options = {"clock": clock, "rated": True}
        terms = SessionSettings(grace, first_move, leaving)
        return Match.begin("s1", game, terms, options, ["alice", "bob"], False, state, NOW)

    return begin


@pytest.fixture
def match(begin):
    return begin()


@pytest.fixture
def high_card(begin):
    """A match of a game in which both may move at once."""
    return begin(HighCard())


@pytest.fixture
def give():
    """Gives a player's command to a match, so many seconds after its beginning."""

    def give(match, login, kind, version=None, after=0.0, **rest):
        order = Command(login, {"type": kind, **rest}, version)
        return decide(match, order, NOW + after)

    return give


@pytest.fixture
def move(give):
    """Makes moves, each of who is to move."""

    def move(match, *moves, after=0.0):
        for each in moves:
            give(match, match.to_move[0], "move", move=each, after=after)

    return move


@pytest.fixture
def serve(database, outbox, clock):
    """Makes the service, by other settings if asked."""

    def serve(grace=GRACE, **settings):
        games = {game.name: game for game in (Dobutsu(), HighCard(), Faulty(), Undecidable())}
        return worker_factory(
            SessionsService, db=database(Base), outbox=outbox, clock=clock, archive=None,
            registry=GameRegistry(games), downtime_check=DowntimeCheck(),
            settings=SessionSettings(grace=grace, gateway_lease=LEASE, **settings),
        )

    return serve


@pytest.fixture
def service(serve):
    return serve()


@pytest.fixture
def game_calls(monkeypatch):
    """Count the calls of dobutsu's methods, those between its own methods aside."""
    counted, inside = Counter(), []

    def count(name):
        method = getattr(Dobutsu, name)

        def counting(self, *arguments):
            if not inside:
                counted[name] += 1
            inside.append(name)
            try:
                return method(self, *arguments)
            finally:
                inside.pop()

        monkeypatch.setattr(Dobutsu, name, counting)

    for name in ("apply", "outcome", "to_move", "legal_moves", "view", "for_history"):
        count(name)
    return counted


@pytest.fixture
def explain(service):
    """How SQLite goes about those statements of a call in which these words stand: its steps."""

    def explain(call, words):
        asked = []

        def note(connection, cursor, statement, values, *_):
            asked.append((statement, values))

        with service.db.get_session() as session:
            engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        call()
        event.remove(engine, "before_cursor_execute", note)
        with engine.connect() as connection:
            return [
                step.detail for statement, values in asked if words in statement
                for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]

    return explain


@pytest.fixture
def create(service, outbox, clock):
    """Begins a session of Alice, who moves first in dobutsu, and Bob; its id."""
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
def under_way(connect, play, outbox):
    """Both are connected and have moved."""
    connect("alice")
    connect("bob")
    play("b2b3", "a4a3")
    outbox.forget()
