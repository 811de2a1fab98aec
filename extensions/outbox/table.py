"""The tables of the events that may not have been published yet."""

from typing import Any

from sqlalchemy import JSON, Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from extensions.storage.row_statements import UNCHECKED_JSON


class OutboxColumns:
    """The columns of the table; each service mixes them into a model of its own."""

    __tablename__ = "announcements"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[float] = mapped_column(Float, index=True)
    exchange: Mapped[str] = mapped_column(String(64))
    routing_key: Mapped[str] = mapped_column(String(255))
    copies: Mapped[list[str]] = mapped_column(JSON, info=UNCHECKED_JSON)  # the further routing keys
    body: Mapped[dict[str, Any]] = mapped_column(JSON, info=UNCHECKED_JSON)


class OutboxBatchColumns:
    """The columns of a table with a row for all messages of a transaction that has several.

    `messages` are exchange, routing_key, copies and body of each, in this order, which is that of
    the fields of `publisher.Message`; `number` is how many.
    The row's id is that of the first message.
    """

    __tablename__ = "announcement_batches"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[float] = mapped_column(Float, index=True)
    number: Mapped[int] = mapped_column(Integer)
    messages: Mapped[list[list[Any]]] = mapped_column(JSON, info=UNCHECKED_JSON)
