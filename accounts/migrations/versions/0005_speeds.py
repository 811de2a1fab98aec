"""Ratings by speed. Those so far are of games at all speeds, and count as `classical`.

That is the speed of games without a clock, which is the default.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "accounts_0005"
down_revision = "accounts_0004"


def _table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    """Return a table as it is, but for the key: SQLite, which cannot change that, copies it."""
    login = sa.Column(
        "login", sa.String(20), sa.ForeignKey("accounts.login", ondelete="CASCADE"), nullable=False
    )
    game = sa.Column("game", sa.String(64), nullable=False)
    return sa.Table(name, sa.MetaData(), login, game, *columns)


def _numbers(*names: str, type_: Any = sa.Float) -> list[sa.Column[Any]]:
    return [sa.Column(name, type_(), nullable=False) for name in names]


RATINGS = _table(
    "ratings", *_numbers("rating", "deviation", "volatility"),
    *_numbers("wins", "draws", "losses", type_=sa.Integer), sa.Column("rated_at", sa.Float()),
)
CHANGES = _table(
    "rating_changes", *_numbers("number", type_=sa.Integer),
    sa.Column("session_id", sa.String(32), nullable=False),
    *_numbers("at", "rating", "deviation"),
)


def upgrade() -> None:
    op.drop_index("ratings_best_first", "ratings")
    _add_speed(RATINGS, "login", "game", "speed")
    _add_speed(CHANGES, "login", "game", "speed", "number")
    op.create_index(
        "ratings_best_first", "ratings", ["game", "speed", sa.text("rating DESC"), "login"]
    )


def _add_speed(table: sa.Table, *key: str) -> None:
    with op.batch_alter_table(table.name, copy_from=table) as batch:
        batch.add_column(
            sa.Column("speed", sa.String(16), nullable=False, server_default="classical")
        )
        if op.get_bind().dialect.name != "sqlite":
            batch.drop_constraint(f"{table.name}_pkey", type_="primary")
        batch.create_primary_key(f"{table.name}_pkey", list(key))
