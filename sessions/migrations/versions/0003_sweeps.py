"""Add an index of ended sessions, and how far their commands have been deleted."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0003"
down_revision = "sessions_0002"


def upgrade() -> None:
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index(
        "sessions_ended", "sessions", ["ended_at"], sqlite_where=ended, postgresql_where=ended
    )
    op.create_index("ix_session_players_session_id", "session_players", ["session_id"])
    op.create_table(
        "session_sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commands_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
