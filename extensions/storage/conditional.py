"""Statements of PostgreSQL that write only if a condition is met: one for all that is written."""

from functools import cache
from itertools import chain

from extensions.storage.prepared import Prepared, prepared
from extensions.storage.row_statements import RowStatement


@cache
def if_found(
    query: str, types: tuple[str, ...], writes: tuple[RowStatement, ...]
) -> Prepared:
    """Return the statement that writes if a query finds a number of rows.

    It takes the values of the query, which have these types, the number, and those of the writes.
    It returns 1 if it has written, else 0.
    """
    conditional = "".join(
        f", write_{place} AS ({each.under('EXISTS (SELECT FROM complete)')})"
        for place, each in enumerate(writes)
    )
    return prepared(
        f"WITH found AS ({query}), complete AS (SELECT FROM found HAVING count(*) = %s)"
        f"{conditional} SELECT count(*) FROM complete",
        (*types, "bigint", *chain.from_iterable(each.types for each in writes)),
    )


@cache
def if_updated(
    update: RowStatement, condition: str, number: int, writes: tuple[RowStatement, ...]
) -> Prepared:
    """Return the statement that updates a row if it meets a condition, and if so writes the rest.

    It takes the values of the update, so many of the condition, 1, and those of the writes. It
    returns as `if_found` does.
    """
    query = f"{update.under(condition)} RETURNING 1"
    return if_found(query, (*update.types, *["unknown"] * number), writes)
