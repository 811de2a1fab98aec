"""What timers ask all the time visits a row or two, however many sessions there are."""

import json

from sqlalchemy import event
from sqlalchemy.orm import Session

from arbiter_games.dobutsu import Dobutsu
from extensions.settings import Settings
from sessions.game_registry import GameRegistry
from sessions.models import Base
from sessions.storage.due_checks import NEXT_DUE
from sessions.storage.sessions import POSTPONED_PER_BATCH, SessionRepository

SESSIONS = 40_000


def test_the_first_deadline_is_the_first_of_its_index(new_plans):
    plans = new_plans("sessions", Base)
    plans.fill(f"""
        INSERT INTO sessions (session_id, key, game, options, players, private, seed, status,
            version, state, progress, created_at, deadline)
        SELECT 's-' || number, number, 'dobutsu', '{{}}', '[]', false, 'seed', 'active', 1, '{{}}',
            '{{}}', number, CASE number % 2 WHEN 0 THEN number END
        FROM generate_series(1, {SESSIONS}) AS number
    """)
    [row], visited = plans.rows_visited(
        lambda connection: connection.exec_driver_sql(NEXT_DUE).all()
    )
    assert row == (None, 2.0, False)
    assert visited <= 5


def test_an_outage_postpones_sessions_in_a_few_statements(new_plans):
    number = 2 * POSTPONED_PER_BATCH + 1
    progress = json.dumps({
        "moved": {}, "coming": {}, "first_moves": {"bob": 30}, "leaving": {}, "offer": None,
        "clocks": None, "rematch": {},
    })
    plans = new_plans("sessions", Base)
    plans.fill(f"""
        INSERT INTO sessions (session_id, key, game, options, players, private, seed, status,
            version, state, progress, created_at, deadline)
        SELECT 's-' || number, number, 'dobutsu', '{{}}', '["alice", "bob"]', false, 'seed',
            'active', 1, '{{}}', '{progress}', 0, 30
        FROM generate_series(1, {number}) AS number
    """)
    registry = GameRegistry({"dobutsu": Dobutsu()})
    with Session(plans.engine) as session:
        sessions = SessionRepository(session, registry, Settings())
        made = []
        event.listen(plans.engine, "before_cursor_execute", lambda *given: made.append(given[2]))
        sessions.postpone(10)
        assert len(made) == 1 + 2 * 3
        matches = sessions.due(40, number).matches
    assert len(matches) == number
    assert {each.first_move_deadlines["bob"] for each in matches} == {40}
