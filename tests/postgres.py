"""PostgreSQL for tests: one server for the run, and databases made in it as they are needed.

With BACKENDS=production in the environment, what tests run stands on it, and on Redis.
"""

import itertools
import os
from contextlib import closing
from typing import Any

import psycopg2

from extensions.settings import Settings
from tools.launch.postgres import Postgres, libpq_uri

PRODUCTION = os.environ.get("BACKENDS") == "production"
ENGINES = ("sqlite", "postgres")
# For tests of something else: a machine that stands still for seconds must fail none.
LONG_LIMITS = {
    "db_pool_timeout": 60.0, "db_statement_timeout": 60.0, "db_lock_timeout": 60.0,
    "db_idle_timeout": 60.0,
}
_numbers = itertools.count(1)


def new_database(server: Postgres) -> str:
    """Make an empty database in a server that runs: its URI."""
    name = f"test_{next(_numbers)}"
    with closing(psycopg2.connect(libpq_uri(server.uri()))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    return server.uri(name)


def settings(**given: Any) -> Settings:
    """Make settings under which no statement takes too long."""
    return Settings(**LONG_LIMITS, **given)


def empty(uri: str) -> None:
    """Drop all that is in a database."""
    with closing(psycopg2.connect(libpq_uri(uri))) as connection, connection:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
