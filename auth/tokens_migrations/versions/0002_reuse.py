"""When the refresh token of a family took the place of the one before it."""

import sqlalchemy as sa
from alembic import op

revision = "auth_tokens_0002"
down_revision = "auth_tokens_0001"


def upgrade() -> None:
    # Instances of the release before leave it at its default.
    op.add_column(
        "families", sa.Column("rotated_at", sa.Float(), server_default="0", nullable=False)
    )
