"""Add an index of ended sessions by game."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0004"
down_revision = "sessions_0003"


def upgrade() -> None:
    ended = sa.text("status = 'ended'")
    op.create_index(
        "sessions_of_game", "sessions", ["game", "created_at", "session_id"],
        postgresql_where=ended, sqlite_where=ended,
    )
