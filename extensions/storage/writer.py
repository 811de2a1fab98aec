"""What writes rows, by which code serves both kinds of transactions."""

from typing import Any, Protocol


class Writer(Protocol):
    """What takes statements with their rows: SQLAlchemy's session, or a pipeline."""

    def execute(self, statement: Any, rows: Any, /) -> Any:
        """Write rows by a statement."""
