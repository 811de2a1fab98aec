"""The first tables of accounts: profiles, ratings, sessions counted."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("login", sa.String(length=20), nullable=False),
        sa.Column("display_name", sa.String(length=50), nullable=False),
        sa.Column("bio", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("login"),
    )
    op.create_index("accounts_login_any_case", "accounts", [sa.text("lower(login)")], unique=True)
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
        "counted_sessions",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("counted_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("session_id"),
    )
    op.create_index("ix_counted_sessions_counted_at", "counted_sessions", ["counted_at"])
    op.create_table(
        "ratings",
        sa.Column("login", sa.String(length=20), nullable=False),
        sa.Column("game", sa.String(length=64), nullable=False),
        sa.Column("rating", sa.Float(), nullable=False),
        sa.Column("deviation", sa.Float(), nullable=False),
        sa.Column("volatility", sa.Float(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["login"], ["accounts.login"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("login", "game"),
    )
    op.create_index("ratings_best_first", "ratings", ["game", sa.text("rating DESC"), "login"])
