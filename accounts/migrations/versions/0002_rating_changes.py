"""What ratings were after each rated game; those counted before are not known any more."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0002"
down_revision = "accounts_0001"


def upgrade() -> None:
    op.create_table(
        "rating_changes",
        sa.Column("login", sa.String(length=20), nullable=False),
        sa.Column("game", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("rating", sa.Float(), nullable=False),
        sa.Column("deviation", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["accounts.login"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("login", "game", "number"),
    )
