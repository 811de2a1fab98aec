"""A room may be a challenge, of which one player is told."""

import sqlalchemy as sa
from alembic import op

revision = "rooms_0005"
down_revision = "rooms_0004"


def upgrade() -> None:
    op.add_column("rooms", sa.Column("challenged", sa.String(length=20), nullable=True))
    op.add_column("rooms", sa.Column("side", sa.String(length=8), nullable=True))
    op.add_column("rooms", sa.Column("hidden", sa.Boolean(), nullable=True))
    for name, player in (("challenges_to", "challenged"), ("challenges_of", "owner")):
        where = sa.text("status = 'open' AND challenged IS NOT NULL")
        op.create_index(
            name, "rooms", [player, "created_at", "room_id"],
            postgresql_where=where, sqlite_where=where,
        )
