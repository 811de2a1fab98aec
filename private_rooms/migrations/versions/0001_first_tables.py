"""The first tables of private rooms: their keys."""

import sqlalchemy as sa
from alembic import op

revision = "private_rooms_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=False),
        sa.Column("routing_key", sa.String(length=255), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_announcements_created_at", "announcements", ["created_at"])
    op.create_table(
        "private_rooms",
        sa.Column("connection_key", sa.String(length=8), nullable=False),
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("connection_key"),
        sa.UniqueConstraint("room_id"),
    )
    op.create_index("ix_private_rooms_settled", "private_rooms", ["settled"])
