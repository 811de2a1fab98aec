"""Guests: what their tokens are tied to in place of a password, and when they were seen last."""

import sqlalchemy as sa
from alembic import op

revision = "auth_0002"
down_revision = "auth_0001"


def upgrade() -> None:
    op.add_column("credentials", sa.Column("token_fingerprint", sa.String(length=16)))
    op.add_column("credentials", sa.Column("guest_seen_at", sa.Float()))
    op.create_index("ix_credentials_guest_seen_at", "credentials", ["guest_seen_at"])
