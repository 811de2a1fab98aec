"""Who follows and who blocks whom, and who is online."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0004"
down_revision = "accounts_0003"


def upgrade() -> None:
    for name in ("follows", "blocks"):
        op.create_table(
            name,
            sa.Column("login", sa.String(length=20), nullable=False),
            sa.Column("other", sa.String(length=20), nullable=False),
            sa.ForeignKeyConstraint(["login"], ["accounts.login"], ondelete="CASCADE"),
            sa.ForeignKeyConstraint(["other"], ["accounts.login"], ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("login", "other"),
        )
        op.create_index(f"ix_{name}_other", name, ["other"])
    op.create_table(
        "gateway_leases",
        sa.Column("gateway_id", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=False),
        sa.Column("renewal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_id"),
    )
    op.create_table(
        "online_players",
        sa.Column("login", sa.String(length=20), nullable=False),
        sa.Column("gateway_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("login", "gateway_id"),
    )
    op.create_index("ix_online_players_gateway_id", "online_players", ["gateway_id"])
    is_bot = sa.text("kind = 'bot'")
    op.create_index(
        "accounts_of_bots", "accounts", ["login"], postgresql_where=is_bot, sqlite_where=is_bot
    )
