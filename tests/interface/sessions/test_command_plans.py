"""A batch of commands is planned once a connection, perhaps while the tables are empty."""

import random

import pytest

from arbiter_games.dobutsu import Dobutsu
from extensions.settings import Settings
from extensions.storage.engines import make_engine, migrate
from extensions.storage.pipeline import Pipeline
from sessions.changes import Change
from sessions.commands import Command, decide
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.models import Base
from sessions.storage.commands import CommandTransaction
from sessions.storage.match_rows import add_session
from sessions.storage.recent import RecentTransaction
from tests import postgres

NOW = 1_700_000_000.0


@pytest.fixture
def engine(new_postgres):
    settings = postgres.settings(sessions_db_uri=new_postgres())
    migrate(settings, "sessions", Base.__name__)
    made = make_engine(settings.sessions_db_uri, settings, "sessions")
    yield made
    made.dispose()


def test_a_batch_reads_no_table_as_a_whole(engine):
    game = Dobutsu()
    settings, state = Settings(), game.setup(2, {}, random.Random(1))
    registry = GameRegistry({game.name: game})
    match = Match.start("s1", game, settings, {}, ["alice", "bob"], False, state, NOW)
    with Pipeline(engine) as pipeline:
        add_session(pipeline, match, "key", "seed")
        pipeline.commit()
    with Pipeline(engine) as pipeline:
        transaction = CommandTransaction(pipeline, registry, settings)
        key = ("s1", "alice", "c1")
        matches, _ = transaction.load([key])
        match = matches["s1"]
        decision = decide(match, Command("alice", {"type": "move", "move": "b2b3"}), NOW)
        transaction.save([Change.of(match, decision.events)], {key: decision.version})
        pipeline.commit()
    with Pipeline(engine) as pipeline:
        recent = RecentTransaction(pipeline, transaction.rows, registry, settings)
        match = recent.matches["s1"]
        decision = decide(match, Command("bob", {"type": "resign"}), NOW)
        recent.save([Change.of(match, decision.events)], {("s1", "bob", "c2"): decision.version})
        recent.commit()
    assert recent.is_written
    with engine.connect() as connection:
        prepared = connection.exec_driver_sql(
            "SELECT name, cardinality(parameter_types) FROM pg_prepared_statements"
        ).all()
        plans = [
            "\n".join(connection.exec_driver_sql(
                f"EXPLAIN EXECUTE {name} ({', '.join(['NULL'] * parameters)})"
            ).scalars())
            for name, parameters in prepared
        ]
    assert len(plans) >= 6
    assert not [plan for plan in plans if "Seq Scan" in plan]
