"""A transaction in two round trips: what is read under a lock, and what is written at the end.

SQLAlchemy sends each statement by itself, and on PostgreSQL each is a round trip that all who wait
for the same rows wait for as well. Here the statements are text, and the writes are collected and
sent together with the COMMIT. PostgreSQL parses and plans a statement once a connection. On SQLite,
which has no round trips, writes are executed at once.

It is for what is on a move's path; everything else uses SQLAlchemy's session.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Engine, Table, exc
from sqlalchemy.orm import Session

from extensions.storage import conditional
from extensions.storage.driver_connection import DriverConnection
from extensions.storage.postgres import Silent
from extensions.storage.prepared import Prepared, parameters, prepared_all
from extensions.storage.row_statements import (
    RowStatement,
    delete_statement,
    insert_statement,
    update_statement,
    upsert_statement,
)

POSTGRESQL = "postgresql"
# What is read and written here is found by indexes. The server plans a statement once and for all
# values, and while a table is almost empty it would choose to read all of it.
# A text of several statements is one transaction, at whose end the setting is as it was.
BY_INDEXES = "SET LOCAL enable_seqscan = off"
BEGIN_POSTGRESQL = f"BEGIN; {BY_INDEXES}"
Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Pipeline:
    """One transaction, on a connection of its own to a database, or to that of a session.

    It begins with the first statement. Where its block is left without `commit`, it is rolled back.
    """

    def __init__(self, database: Session | Engine) -> None:
        self._engine = database if isinstance(database, Engine) else _engine_of(database)
        self.is_postgresql = self._engine.dialect.name == POSTGRESQL
        self._connection: DriverConnection | None = None
        self._open = False
        self._writes: list[RowStatement] = []
        self._values: list[Any] = []

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if kind is not None and not issubclass(kind, Exception):
            connection.invalidate()  # it was interrupted, and may be waiting for an answer
        elif self._open:
            connection.roll_back()
        connection.close()
        self._open = False

    def in_transaction(self) -> bool:
        """Tell whether the transaction has begun and is not over."""
        return self._open

    def read(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of the last of the statements in a text.

        On PostgreSQL the first call begins the transaction in the same round trip. Where the
        connection turns out to be lost then, nothing was done, and another one is taken.
        """
        if not self.is_postgresql:
            return self._started_connection().execute(text, values)
        if self._open:
            return self._connected().execute_prepared("", prepared_all(text), parameters(values))
        self._open = True
        return self._read_first(BEGIN_POSTGRESQL, text, values)

    def read_only(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, where nothing else is done: it begins no transaction."""
        if not self.is_postgresql:
            return self._connected().execute(text, values)
        return self._read_first(BY_INDEXES, text, values)

    def write_only(self, text: str, values: Sequence[Any]) -> None:
        """Execute a statement with a `%s` for each value, where nothing else is done.

        It is a transaction of its own, and may be executed twice.
        """
        if self.is_postgresql:
            self.read_only(text, values)
        else:
            self.read(text.replace("%s", "?"), values)
            self.commit()

    def execute(self, statement: Any, rows: Rows) -> list[list[Any]]:
        """Write rows: an insert, an update by the primary key `of`, or a delete by its values.

        The statement is SQLAlchemy's, and only says what is written to which table. Returns the
        values of each row in the order in which the first one has them, JSON as the text stored.
        """
        table = cast(Table, statement.table)
        if statement.is_delete:
            [(name, keys)] = cast(Mapping[str, Any], rows).items()
            several: Sequence[Mapping[str, Any]] = [{name: key} for key in keys]
            return self._write(delete_statement(table, name, self.is_postgresql), several)
        several = [rows] if isinstance(rows, Mapping) else rows
        make = update_statement if statement.is_update else insert_statement
        names, is_for_one = tuple(several[0]), len(several) == 1
        return self._write(make(table, names, self.is_postgresql, is_for_one), several)

    def upsert(
        self, table: Table, rows: Sequence[Mapping[str, Any]], update: Sequence[str] = ()
    ) -> None:
        """Insert rows, or where there is one of its key already, update the columns named.

        No key may come twice. Without columns, a row that is there stays as it is.
        """
        names = tuple(rows[0])
        self._write(upsert_statement(table, names, tuple(update), self.is_postgresql), rows)

    def commit(self) -> None:
        """Send what was written, and commit.

        What was written without a `read` before goes as one text, and so as one transaction.
        """
        if self._open or self._writes:
            last = "COMMIT" if self._open else ""
            writes = [cast(Prepared, each.prepared) for each in self._writes]
            self._connected().execute_prepared("", writes, self._values, last)
        self._open = False

    def commit_if(
        self, query: str, values: Sequence[Any], number: int,
        lock: str = "", lock_values: Sequence[Any] = (),
    ) -> bool:
        """Commit what was written if a query, which is to lock rows, finds so many of them.

        Returns whether it did; False also where the connection is lost, and nobody knows. It is one
        statement of PostgreSQL, in a transaction that has read nothing. Another one may take a
        `lock` before: the query then sees what was committed while it waited.
        """
        types = ("unknown",) * len(values)
        statement = conditional.if_found(query, types, tuple(self._writes))
        given = [*lock_values, *parameters(values), number, *self._values]
        return self._commit_if([*prepared_all(lock), statement], given)

    def commit_if_still(self, condition: str, values: Sequence[Any]) -> bool:
        """Commit what was written if the one row that it updates first meets a condition.

        Returns as `commit_if` does, which would lock the row before.
        """
        update, *others = self._writes
        statement = conditional.if_updated(update, condition, len(values), tuple(others))
        place = len(update.types)
        given = [*self._values[:place], *values, 1, *self._values[place:]]
        return self._commit_if([statement], given)

    def _commit_if(self, statements: Sequence[Prepared], given: Sequence[Any]) -> bool:
        try:
            [(written,)] = self._connected().execute_prepared(BY_INDEXES, statements, given)
        except exc.DBAPIError as error:
            _require_lost(error)
            return False
        return bool(written)

    def _read_first(
        self, first: str, text: str, values: Sequence[Any]
    ) -> list[tuple[Any, ...]]:
        statements, given = prepared_all(text), parameters(values)
        try:
            return self._connected().execute_prepared(first, statements, given)
        except exc.DBAPIError as error:
            _require_lost(error)
        self._connection = None
        return self._connected().execute_prepared(first, statements, given)

    def _write(
        self, statement: RowStatement, rows: Sequence[Mapping[str, Any]]
    ) -> list[list[Any]]:
        encoded = statement.encode(rows)
        if statement.prepared is None:
            self._started_connection().execute_for_each(statement.text, encoded)
        else:
            self._writes.append(statement)
            self._values += statement.parameters(encoded)
        return encoded

    def _started_connection(self) -> DriverConnection:
        connection = self._connected()
        if not self._open:
            # As every unit of work on SQLite: the write lock at once.
            connection.execute("BEGIN IMMEDIATE", ())
            self._open = True
        return connection

    def _connected(self) -> DriverConnection:
        if self._connection is None:
            self._connection = DriverConnection(self._engine)
        return self._connection


def _require_lost(error: exc.DBAPIError) -> None:
    """Raise an error unless it is that the connection was lost, not that the server is silent."""
    if not error.connection_invalidated or isinstance(error.orig, Silent):
        raise error


def _engine_of(session: Session) -> Engine:
    return cast(Engine, session.get_bind())
