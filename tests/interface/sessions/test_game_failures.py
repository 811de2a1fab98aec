"""Failures of a game that two instances store at the same time."""

import eventlet
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from sessions.models import Base, GameFailure
from sessions.storage.failures import FailureRepository
from sessions.suspensions import Failure

NOW = 1_700_000_000.0
DAY_SECONDS = 86_400.0
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def failure(seconds):
    return Failure("breaking", "session", 1, NOW, NOW + seconds)


def test_the_longer_suspension_of_two_at_once_is_kept(new_postgres):
    engine = create_engine(new_postgres())
    Base.metadata.create_all(engine)

    def save(seconds):
        with Session(engine) as session, session.begin():
            FailureRepository(session).save([failure(seconds)])

    with Session(engine) as first, first.begin():
        FailureRepository(first).save([failure(DAY_SECONDS)])
        second = eventlet.spawn(save, 10)
        with engine.connect() as looking:
            while not looking.scalar(WAITING):
                eventlet.sleep(0.01)
    second.wait()
    with Session(engine) as session:
        assert session.scalar(select(GameFailure.until)) == NOW + DAY_SECONDS
    engine.dispose()
