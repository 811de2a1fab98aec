"""Open rooms are found among all: by when their leases end, and as they are listed."""

import sqlalchemy as sa
from alembic import op

revision = "rooms_0004"
down_revision = "rooms_0003"


def upgrade() -> None:
    _index("rooms_expiring", "alive_until", "room_id", public_only=False)
    _index("rooms_listed", "created_at", "room_id", public_only=True)
    _index("rooms_listed_of_game", "game", "created_at", "room_id", public_only=True)


def _index(name: str, *columns: str, public_only: bool) -> None:
    where = "status = 'open'"
    op.create_index(
        name, "rooms", columns,
        postgresql_where=sa.text(where + " AND private IS FALSE" * public_only),
        sqlite_where=sa.text(where + " AND private IS 0" * public_only),
    )
