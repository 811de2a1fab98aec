"""What timers ask all the time visits a row or two, however many sessions there are."""

from sessions.models import Base
from sessions.storage.due_checks import NEXT_DUE

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
    assert row == (None, 2.0)
    assert visited <= 5
