"""Add an index of active sessions, which are few among all that have ended."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0002"
down_revision = "sessions_0001"


def upgrade() -> None:
    active = sa.text("status = 'active'")
    op.create_index(
        "sessions_active", "sessions", ["created_at", "session_id"],
        postgresql_where=active, sqlite_where=active,
    )
