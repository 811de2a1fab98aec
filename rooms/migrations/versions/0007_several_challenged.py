"""A challenge may be to several players."""

import sqlalchemy as sa
from alembic import op

revision = "rooms_0007"
down_revision = "rooms_0006"


def upgrade() -> None:
    op.add_column("rooms", sa.Column("others", sa.JSON(), nullable=True))
    op.create_table(
        "other_challenged",
        sa.Column("room_id", sa.String(length=32), primary_key=True),
        sa.Column("login", sa.String(length=20), primary_key=True),
        sa.Column("created_at", sa.Float(), nullable=False),
    )
    op.create_index(
        "other_challenged_to", "other_challenged", ["login", "created_at", "room_id"]
    )
