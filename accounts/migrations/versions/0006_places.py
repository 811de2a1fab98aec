"""Places in games for more than two: how often each was taken, and the place in each game."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0006"
down_revision = "accounts_0005"


def upgrade() -> None:
    none = sa.text("'{}'")
    op.add_column("ratings", sa.Column("places", sa.JSON(), nullable=False, server_default=none))
    for name in ("place", "players"):
        op.add_column("rating_changes", sa.Column(name, sa.Integer()))
