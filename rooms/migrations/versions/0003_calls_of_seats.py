"""Seats know the call that took them, so that it takes no other when it is served again."""

import sqlalchemy as sa
from alembic import op

revision = "rooms_0003"
down_revision = "rooms_0002"


def upgrade() -> None:
    op.add_column("seats", sa.Column("call_id", sa.String(length=32), nullable=True))
