"""Add the failures of games, for which all instances suspend sessions."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0008"
down_revision = "sessions_0007"


def upgrade() -> None:
    op.create_table(
        "session_game_failures",
        sa.Column("game", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("game", "session_id"),
    )
