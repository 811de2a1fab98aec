"""Rooms that have filled and have no session yet are found among all that have filled."""

from alembic import op

revision = "rooms_0002"
down_revision = "rooms_0001"


def upgrade() -> None:
    op.create_index("rooms_by_status", "rooms", ["status", "session_id"])
    op.drop_index("ix_rooms_status", table_name="rooms")
