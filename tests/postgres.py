"""PostgreSQL for tests: one server for the run, and databases made in it as they are needed.

With BACKENDS=production in the environment, what tests run stands on it, and on Redis.
"""

import itertools
import os
from contextlib import closing

import psycopg2

from tools.launch.postgres import Postgres, libpq_uri

PRODUCTION = os.environ.get("BACKENDS") == "production"
ENGINES = ("sqlite", "postgres")
_numbers = itertools.count(1)


def new_database(server: Postgres) -> str:
    """Make an empty database in a server that runs: its URI."""
    name = f"test_{next(_numbers)}"
    with closing(psycopg2.connect(libpq_uri(server.uri()))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    return server.uri(name)


def empty(uri: str) -> None:
    """Drop all that is in a database."""
    with closing(psycopg2.connect(libpq_uri(uri))) as connection, connection:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
