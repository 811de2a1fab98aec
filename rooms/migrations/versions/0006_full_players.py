"""Players who may be in as many active sessions as one may be."""

import sqlalchemy as sa
from alembic import op

revision = "rooms_0006"
down_revision = "rooms_0005"


def upgrade() -> None:
    op.create_table(
        "full_players",
        sa.Column("login", sa.String(length=20), primary_key=True),
        sa.Column("at", sa.Float(), nullable=False),
    )
    op.create_index("ix_full_players_at", "full_players", ["at"])
