"""Add to each player of a session when it was created, and an index of a player's newest.

Meanwhile sessions cannot be created: it writes each row of the players' table once.
"""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0006"
down_revision = "sessions_0005"


def upgrade() -> None:
    op.add_column("session_players", sa.Column("created_at", sa.Float(), nullable=True))
    op.execute(
        "UPDATE session_players SET created_at = (SELECT sessions.created_at FROM sessions "
        "WHERE sessions.session_id = session_players.session_id)"
    )
    op.create_index(
        "session_players_newest_first", "session_players", ["name", "created_at", "session_id"]
    )
