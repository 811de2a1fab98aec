"""The first table of tokens: the logins that are still good."""

import sqlalchemy as sa
from alembic import op

revision = "auth_tokens_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "families",
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=20), nullable=False),
        sa.Column("refresh_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("family"),
    )
    op.create_index("ix_families_expires_at", "families", ["expires_at"])
    op.create_index("ix_families_login", "families", ["login"])
