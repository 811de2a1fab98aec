"""Open rooms are found by when their leases end."""

import sqlalchemy as sa
from alembic import op

revision = "rooms_0004"
down_revision = "rooms_0003"


def upgrade() -> None:
    is_open = sa.text("status = 'open'")
    op.create_index(
        "rooms_expiring", "rooms", ["alive_until", "room_id"],
        postgresql_where=is_open, sqlite_where=is_open,
    )
