"""Whoever holds an account keeps nobody from naming it on a list, or two would deadlock."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from accounts import contact_storage, storage
from accounts.models import Base, Block, Follow


@pytest.fixture(scope="module")
def engine(new_plans):
    engine = new_plans("accounts", Base).engine
    with Session(engine) as session, session.begin():
        for login in ("Alice", "Bob"):
            storage.add(session, login, "player", 0)
    return engine


@pytest.mark.parametrize("hold", [
    lambda session: storage.find(session, "Bob", lock=True),
    lambda session: storage.lock_players(session, ["Bob"]),
])
@pytest.mark.parametrize("kind", [Follow, Block])
def test_player_whose_account_is_held_is_put_on_a_list(engine, hold, kind):
    with Session(engine) as holder, Session(engine) as session:
        hold(holder)
        session.execute(text("SET LOCAL lock_timeout = 500"))  # only where it has to wait
        storage.find(session, "Alice", lock=True)
        contact_storage.add(session, kind, "Alice", "Bob")


def test_account_that_is_held_is_not_held_twice(engine):
    with Session(engine) as holder, Session(engine) as session:
        storage.find(holder, "Bob", lock=True)
        session.execute(text("SET LOCAL lock_timeout = 1"))
        with pytest.raises(Exception, match="lock timeout"):
            storage.find(session, "Bob", lock=True)
