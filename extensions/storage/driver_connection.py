"""A pooled connection that is used through its driver, without SQLAlchemy's layers above it.

For a small statement these take longer than the database does. Errors are SQLAlchemy's all the
same, so that whoever catches them need not know.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from sqlalchemy import Engine, exc

from extensions.storage.prepared import Prepared

PREPARED = "prepared"  # the names of statements, among what SQLAlchemy keeps of a connection
# PostgreSQL's codes of a prepared statement that is gone, as behind a pooler, or whose columns have
# changed: another connection prepares it anew.
STALE_STATEMENT_CODES = ("26000", "0A000")


class DriverConnection:
    """A connection that is taken from an engine's pool, until `close` gives it back.

    Transactions are begun and ended by statements alone.
    """

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._driver_error: type[Exception] = self._dialect.loaded_dbapi.Error
        self._has_autocommit = self._dialect.name == "postgresql"
        self._is_usable = True
        try:
            self._pooled = engine.raw_connection()
        except self._driver_error as error:
            raise self._wrapped("connect", error, is_lost=True) from error
        self._raw = cast(Any, self._pooled.driver_connection)
        self._prepared: set[str] = self._pooled.info.setdefault(PREPARED, set())
        if self._has_autocommit:
            self._raw.autocommit = True

    def execute(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Execute a text of one or more statements; return the rows of the last one."""
        cursor = self._raw.cursor()
        try:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else []
        except self._driver_error as error:
            raise self._failed(text, error) from error

    def execute_prepared(
        self, first: str, statements: Sequence[Prepared], values: Sequence[Any], last: str = ""
    ) -> list[tuple[Any, ...]]:
        """Execute statements that the server has parsed and planned, between two texts; as one.

        Returns the rows of the last one. Statements that are new to the connection are prepared
        before.
        """
        for each in statements:
            if each.name not in self._prepared:
                self.execute(each.definition, ())
                self._prepared.add(each.name)
        texts = [first, *(each.call for each in statements), last]
        return self.execute("; ".join(filter(None, texts)), values)

    def execute_for_each(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute a statement with the values of each row."""
        cursor = self._raw.cursor()
        try:
            cursor.executemany(text, rows)
        except self._driver_error as error:
            raise self._failed(text, error) from error

    def roll_back(self) -> None:
        """Roll back the transaction; a connection on which that fails is not used again."""
        if self._is_usable:
            with suppress(exc.SQLAlchemyError):
                self.execute("ROLLBACK", ())
                return
            self.invalidate()

    def invalidate(self, error: Exception | None = None) -> None:
        """Mark the connection as one to be closed, not used again."""
        if self._is_usable:
            self._is_usable = False
            self._pooled.invalidate(error)

    def close(self) -> None:
        """Give the connection back to the pool, unless the driver has closed it."""
        if self._is_usable and self._has_autocommit:
            try:
                self._raw.autocommit = False
            except self._driver_error as error:
                self.invalidate(error)
        if self._is_usable:
            self._is_usable = False
            self._pooled.close()

    def _failed(self, text: str, error: Exception) -> exc.DBAPIError:
        is_lost = (
            getattr(error, "pgcode", None) in STALE_STATEMENT_CODES
            or self._dialect.is_disconnect(cast(Any, error), self._raw, None)
        )
        if is_lost:
            self.invalidate(error)
        return self._wrapped(text, error, is_lost)

    def _wrapped(self, text: str, error: Exception, is_lost: bool) -> exc.DBAPIError:
        wrapped = exc.DBAPIError.instance(
            text, None, error, self._driver_error, hide_parameters=True,
            connection_invalidated=is_lost, dialect=self._dialect,
        )
        assert isinstance(wrapped, exc.DBAPIError)
        return wrapped
