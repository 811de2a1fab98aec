"""The table of the events that may not have been published yet."""

from typing import Any

from sqlalchemy import JSON, Float, String
from sqlalchemy.orm import Mapped, mapped_column


class OutboxColumns:
    """The columns of the table; each service mixes them into a model of its own."""

    __tablename__ = "announcements"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[float] = mapped_column(Float, index=True)
    exchange: Mapped[str] = mapped_column(String(64))
    routing_key: Mapped[str] = mapped_column(String(255))
    copies: Mapped[list[str]] = mapped_column(JSON)  # the further routing keys
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
