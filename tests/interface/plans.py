"""How many rows PostgreSQL visits for a call: what grows with a table is seen at a small one."""

from sqlalchemy import event


class Plans:
    """A service's database in PostgreSQL, filled by SQL, and the plans of what is asked of it."""

    def __init__(self, engine):
        self.engine = engine

    def fill(self, *statements, then="VACUUM ANALYZE"):
        """Fill the tables, and have PostgreSQL know what is in them."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in (*statements, then):
                connection.exec_driver_sql(statement.replace("%", "%%"))

    def rows_visited(self, ask):
        """Return what a function of a connection returns, and how many rows that visited."""
        asked = []

        def note(connection, cursor, statement, values, *_):
            asked.append((statement, values))

        with self.engine.connect() as connection:
            event.listen(self.engine, "before_cursor_execute", note)
            answer = ask(connection)
            event.remove(self.engine, "before_cursor_execute", note)
            plans = [
                connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
                for statement, values in asked
            ]
            return answer, sum(_visited(plan.scalar()[0]["Plan"]) for plan in plans)


def _visited(plan):
    visited = sum(_visited(each) for each in plan.get("Plans", ()))
    if "Relation Name" in plan:
        kept_and_removed = sum(
            rows for name, rows in plan.items()
            if name == "Actual Rows" or name.startswith("Rows Removed by")
        )
        visited += kept_and_removed * plan["Actual Loops"]
    return visited
