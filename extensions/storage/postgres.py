"""PostgreSQL under eventlet: no query blocks the other greenthreads, and each has a time limit.

A server that is silent, because its machine is off or its process stopped, is waited for no longer
than a statement may take: then the connection is given up.
"""

from typing import Any

import psycopg2
import psycopg2.extensions
from eventlet.hubs import trampoline
from nameko.exceptions import ConfigurationError

from extensions.settings import Settings
from extensions.waiter import Waiter

# Added to the time that the server allows a statement, before its silence counts as a loss.
SILENCE_MARGIN_SECONDS = 1.0


class Silent(psycopg2.OperationalError):
    """The server has sent nothing for too long."""


class Connection(psycopg2.extensions.connection):
    """A connection that is given up after so many seconds of silence.

    Between two queries the hub goes on listening to its socket, which saves what listening anew
    takes each time.
    """

    silence_seconds: float

    def __init__(self, *args: Any, **options: Any) -> None:
        self._waiter = Waiter()
        super().__init__(*args, **options)

    def await_answer(self) -> None:
        """Wait until the server has sent something; raises Silent."""
        if not self._waiter.wait(self.silence_seconds, self):
            raise Silent

    def stop_listening(self) -> None:
        """Have the hub forget the socket, which may be closed from now on."""
        self._waiter.ignore()

    def close(self) -> None:
        """Close the connection."""
        self.stop_listening()
        super().close()


def is_postgres(uri: str) -> bool:
    """Tell whether a URI names a database of PostgreSQL."""
    return uri.startswith("postgresql")


def install_wait_callback() -> None:
    """Make psycopg2 let other greenthreads run while it waits for the server."""
    psycopg2.extensions.set_wait_callback(_wait)


def require_wait_callback() -> None:
    """Raise ConfigurationError where a query would block the whole process."""
    if psycopg2.extensions.get_wait_callback() is not _wait:
        raise ConfigurationError(
            "psycopg2 would stop the whole process at each query: start services by `nameko run`"
        )


def engine_options(settings: Settings, service_name: str) -> dict[str, Any]:
    """Return how an engine connects: by a bounded pool, with a limit for all that can be slow."""
    limits = {
        "statement_timeout": settings.db_statement_timeout,
        "lock_timeout": settings.db_lock_timeout,
        "idle_in_transaction_session_timeout": settings.db_idle_timeout,
    }
    options = [f"{name}={value * 1000:.0f}" for name, value in limits.items()]
    # Prepared statements are planned once, and not for the values of each use.
    # No statement is so long that to compile it pays, and where its plan has to read a table whole
    # in spite of `enable_seqscan`, its cost is taken for enormous.
    options += ["plan_cache_mode=force_generic_plan", "jit=off"]
    return {
        # A worker has one connection at a time, and so has the relay: nobody waits for one.
        "pool_size": settings.db_connections,
        "max_overflow": 0,
        "pool_timeout": settings.db_pool_timeout,
        # Many rows that are changed alike go in few round trips, and not in one for each.
        "executemany_mode": "values_plus_batch",
        "connect_args": {
            "connection_factory": _giving_up_after(
                settings.db_statement_timeout + SILENCE_MARGIN_SECONDS
            ),
            "application_name": f"arbiter {service_name}",
            "options": " ".join(f"-c {each}" for each in options),
            # A server that has gone without a word is noticed, also by who waits for nothing.
            "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
        },
    }


def _giving_up_after(seconds: float) -> type[Connection]:
    return type("Connection", (Connection,), {"silence_seconds": seconds})


def _wait(connection: Any) -> None:
    own = connection if isinstance(connection, Connection) else None
    is_connected = connection.status != psycopg2.extensions.STATUS_SETUP
    try:
        while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
            if own and is_connected and state == psycopg2.extensions.POLL_READ:
                own.await_answer()
            else:  # while it is being connected, it may have one socket after the other
                trampoline(
                    connection.fileno(), read=state == psycopg2.extensions.POLL_READ,
                    write=state == psycopg2.extensions.POLL_WRITE,
                    timeout=own and own.silence_seconds, timeout_exc=Silent,
                )
    except BaseException:  # the driver closes its socket then
        if own:
            own.stop_listening()
        raise
