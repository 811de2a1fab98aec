"""Keys are swept by when their rooms were opened."""

from alembic import op

revision = "private_rooms_0002"
down_revision = "private_rooms_0001"


def upgrade() -> None:
    op.create_index("ix_private_rooms_created_at", "private_rooms", ["created_at"])
