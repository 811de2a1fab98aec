"""What kind of player an account is of: so far all are ordinary ones."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0003"
down_revision = "accounts_0002"


def upgrade() -> None:
    kind = sa.Column("kind", sa.String(length=8), nullable=False, server_default="player")
    op.add_column("accounts", kind)
