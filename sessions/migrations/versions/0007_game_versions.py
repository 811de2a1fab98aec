"""Add the version of the rules that a session is played by, and which rules are missing."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0007"
down_revision = "sessions_0006"


def upgrade() -> None:
    op.add_column(
        "sessions", sa.Column("game_version", sa.Integer(), server_default="1", nullable=False)
    )
    op.create_table(
        "session_missing_rules",
        sa.Column("game", sa.String(length=64), nullable=False),
        sa.Column("game_version", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("game", "game_version"),
    )
