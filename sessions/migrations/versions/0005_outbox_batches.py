"""Add the outbox's table of messages that are stored together."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0005"
down_revision = "sessions_0004"


def upgrade() -> None:
    op.create_table(
        "announcement_batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_announcement_batches_created_at", "announcement_batches", ["created_at"]
    )
