"""Every setting of every process: its default, its type and its meaning. No I/O.

A field's name in capitals is the setting's name in `config.yaml` and in the environment.
"""

from dataclasses import dataclass, fields
from typing import Any

from extensions.settings.types import (
    METADATA_KEY,
    YEAR_SECONDS,
    SettingType,
    address,
    choice,
    days,
    number,
    origins,
    seconds,
    secret,
    switch,
    tcp_port,
    text,
    whole,
)

DATABASE_SCHEMES = ("postgresql+psycopg2://", "postgresql://", "sqlite:///")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Beside the workers, the outbox relay and a health check use a connection.
EXTRA_CONNECTIONS = 2


@dataclass(frozen=True)
class Settings:
    """The settings of a process."""

    amqp_uri: str = address(
        "The broker, or the brokers of a cluster. Where it is set, `make run` starts none.",
        "amqp://", "amqps://", default="amqp://guest:guest@localhost:5672/", cluster=True,
    )
    heartbeat: float = seconds(
        10, "Time between heartbeats of a connection to the broker. A broker that is silent for as "
        "long counts as lost. Keep below `GATEWAY_LEASE` less 3, or players would count as gone "
        "while nobody knows that the broker is lost.", at_least=1, at_most=600,
    )
    rpc_timeout: float = seconds(
        5, "Time until a call to a service is given up.", at_least=0.1, at_most=600
    )
    max_workers: int = whole(
        16, "Calls that a process of a service serves at once.", at_least=1, at_most=1000
    )
    stuck_loop: float = seconds(
        30, "Time without progress of a timer, the relay or another loop after which its process "
        "ends, to be started again. `0`: never.",
    )
    stuck_process: float = seconds(
        60, "Time for which nothing in a process runs after which it ends. `0`: never."
    )

    data_dir: str = text(
        "var/data", "The folder of SQLite files, and of notes of `sessions` on games that hang."
    )
    accounts_db_uri: str = address(
        "The database of `accounts`. Without it, an SQLite file in `DATA_DIR`.", *DATABASE_SCHEMES
    )
    auth_db_uri: str = address("The same for `auth`.", *DATABASE_SCHEMES)
    auth_tokens_db_uri: str = address(
        "The same for the valid logins of `auth`. Not used with `REDIS_URL`.",
        *DATABASE_SCHEMES,
    )
    rooms_db_uri: str = address("The same for `rooms`.", *DATABASE_SCHEMES)
    private_rooms_db_uri: str = address("The same for `private_rooms`.", *DATABASE_SCHEMES)
    sessions_db_uri: str = address("The same for `sessions`.", *DATABASE_SCHEMES)
    db_pool_size: int = whole(
        18, "Connections that a process keeps to a PostgreSQL database. At least `MAX_WORKERS` + 2 "
        "are kept in any case.", at_least=1, at_most=1000,
    )
    db_pool_timeout: float = seconds(
        3, "Time to wait for a connection of the pool.", at_least=0.1, at_most=3600
    )
    db_statement_timeout: float = seconds(
        4, "Time that a statement may take. A server that is silent for a second longer counts as "
        "lost.", at_least=0.1, at_most=3600,
    )
    db_lock_timeout: float = seconds(
        3, "Time that a statement waits for a row that others have locked.", at_least=0.1,
        at_most=3600,
    )
    db_idle_timeout: float = seconds(
        5, "Time after which the server ends a transaction that does nothing, as when its process "
        "has been stopped.", at_least=0.1, at_most=3600,
    )
    redis_url: str = address(
        "Where `searcher` keeps searches and `auth` the logins that are good, as "
        "`redis://:password@host:6379/0`. Without it, in memory and in a database.",
        "redis://", "rediss://", "unix://",
    )

    token_secret: str = secret(
        "Signs tokens; the same for all instances of `auth`, which does not start without one. "
        "`make run` makes one and keeps it in `var/secret`."
    )
    token_secret_previous: str = secret(
        "The secret before this one. Its tokens are still accepted."
    )
    token_secret_next: str = secret(
        "The secret after this one. Its tokens are accepted already: see "
        "[changing the secret](#changing-the-secret)."
    )
    access_token_ttl: float = seconds(
        900, "Lifetime of an access token.", at_least=1, at_most=YEAR_SECONDS
    )
    refresh_token_ttl: float = seconds(
        2592000, "Lifetime of a refresh token.", at_least=1, at_most=10 * YEAR_SECONDS
    )
    refresh_token_reuse: float = seconds(
        30, "Time for which a used refresh token gives the same next one again, to a client that "
        "has lost the answer. Keep above `RPC_TIMEOUT`.", at_least=1, at_most=600,
    )
    max_logins: int = whole(
        50, "Logins of a player that are good at once. One more ends the one that was renewed "
        "longest ago.", at_least=1, at_most=1000,
    )
    max_active_sessions: int = whole(
        100, "Active sessions of a player, beyond which no search, room, challenge or rematch of "
        "theirs is begun.", at_least=1, at_most=1000,
    )
    guests_kept: float = days(
        7, "Time until a guest is deleted who has stayed away. Keep above `ACCESS_TOKEN_TTL`."
    )

    grace: float = seconds(
        30, "Time for a player without a connection to come back to a session. `0`: the session "
        "ends at once.", at_most=YEAR_SECONDS,
    )
    leaving: str = choice(
        "auto", "What happens when the grace has run out. `auto`: the opponent wins. `claim`: the "
        "opponent may claim the win.", "auto", "claim",
    )
    first_move_deadline: float = seconds(
        30, "Time to connect to a new session, and with a clock to make one's first move.",
        at_least=0.1, at_most=YEAR_SECONDS,
    )
    game_timeout: float = seconds(
        1, "Time that a game's code may take for one request before it is ended, and its session "
        "suspended for a while. Keep below `DB_IDLE_TIMEOUT`. `0`: unlimited, for debuggers.",
        at_most=60,
    )
    gateway_lease: float = seconds(
        15, "Time after which a gateway that does not renew its lease counts as lost.",
        at_least=0.1,
    )
    sessions_kept: float = days(
        0, "Time until an ended session moves to `ARCHIVE_DIR`. `0`: never. Keep above "
        "`ROOMS_KEPT`, or a room whose service was away for as long could begin another session.",
    )
    archive_dir: str = text("", "The folder that ended sessions move to.")
    commands_kept: float = days(
        7, "Time after a session's end in which a command that is sent again gets its first "
        "answer.",
    )

    room_ttl: float = seconds(
        60, "Time until a room closes that none of its members is connected for; with days a move "
        "not before it is three days old.", at_least=0.1, at_most=YEAR_SECONDS,
    )
    rooms_kept: float = days(
        1, "Time until a room that has closed or become a session is forgotten."
    )

    max_challenges: int = whole(
        5, "Challenges of a player that may be open at once.", at_least=1, at_most=100
    )

    search_window: float = number(
        "rating points", 100, "Greatest difference between opponents when a search begins."
    )
    search_widening: float = seconds(60, "Time until a search reaches everybody.", at_least=0.1)
    search_expiry: float = seconds(
        300, "Time until a search is given up.", at_least=0.1, at_most=YEAR_SECONDS
    )
    ready_check: float = seconds(
        0, "Time for all to accept when searches have met. `0`: they are not asked."
    )

    host: str = text(
        "127.0.0.1", "The address that the gateway listens on. `0.0.0.0` is every one of IPv4, and "
        "`::` every one, of IPv6 and IPv4.",
    )
    port: int = tcp_port(8000, "The gateway's port.")
    max_connections: int = whole(
        20_000, "Connections that clients may have to a gateway, WebSockets and HTTP together. "
        "Never more than the process may open files, less 100.", at_least=1, at_most=1_000_000,
    )
    max_connections_by_address: int = whole(
        500, "The same of one address; of IPv6, of one /64. With `TRUSTED_PROXIES` only WebSockets "
        "count. Not limited with `RATE_LIMITS` off.", at_least=1, at_most=1_000_000,
    )
    anonymous_timeout: float = seconds(
        300, "Time after which a WebSocket is closed that nobody has authenticated on and that "
        "watches no session.", at_least=1,
    )
    ping: float = seconds(20, "Time between pings of a WebSocket.", at_least=1)
    allowed_origins: tuple[str, ...] = origins(
        "Pages of other hosts that may connect, as `https://example.org`."
    )
    rate_limits: bool = switch(
        True, "Whether there are [rate limits](#rate-limits). `off` is for load tests from one "
        "address.",
    )
    password_checks: float = number(
        "a minute", 120, "Passwords that an address may have checked, right and wrong ones, after "
        "the first 100. An IPv6 address counts by its first 64 bits.", at_least=1, at_most=6000,
    )
    trusted_proxies: int = whole(
        0, "Proxies in front of the gateway whose `X-Forwarded-For` is believed. With `1`, its "
        "last address is the client's.", at_least=0, at_most=100,
    )

    bots_url: str = address(
        "Where computer opponents find a gateway.", "ws://", "wss://",
        default="ws://localhost:8000/ws",
    )
    bots_password: str = secret(
        "The password of their accounts, `computer-1` to `computer-5`, of at most 128 characters. "
        "They do not start without one, and `auth` needs the same: nobody else gets a login that "
        "begins with `computer-`. `make run` makes one and keeps it in `var/bots-password`."
    )
    bots_suffix: str = text(
        ",b", "What follows a hyphen in the names of these accounts, at most 9 characters each. "
        "There are five for each of these texts with a comma between, of which one may be empty: "
        "by default also `computer-1-b` to `computer-5-b`. Each process of computer opponents "
        "needs accounts of its own.",
    )
    bots_games: int = whole(
        10, "Games that each of these accounts plays at once, beside 80 with days for each move. "
        "Further challenges are declined.",
        at_least=1, at_most=100,
    )
    bots_workers: int = whole(
        1, "Processes in which engines choose moves. Each takes a core while it does.", at_least=1,
        at_most=256,
    )

    metrics_port: int | None = tcp_port(
        None, "Where a process serves its [metrics](#metrics); each needs its own, and `make run` "
        "gives it one. Without it, nowhere.",
    )
    metrics_host: str = text("127.0.0.1", "The address that `METRICS_PORT` is opened on.")
    otel_exporter_otlp_endpoint: str = address(
        "Where [traces](#tracing) are sent, as `http://localhost:4318`. Without it, nowhere.",
        "http://", "https://",
    )
    process_name: str = text(
        "", "What the process is called in the log; `make run` numbers the instances of a service. "
        "By default, the name of its service.",
    )
    log_format: str = choice("line", "How a log record is written.", "line", "json")
    log_level: str = choice("INFO", "Lowest level of the log.", *LOG_LEVELS)
    request_log_level: str = choice(
        "INFO", "The same for the lines of requests, commands and events; `WARNING` leaves them "
        "out.", *LOG_LEVELS,
    )
    nameko_log_level: str = choice(
        "ERROR", "The same for Nameko's containers, which at `WARNING` log each refusal with its "
        "traceback.", *LOG_LEVELS,
    )

    @property
    def connections(self) -> int:
        """Connections to Redis that a process may have at once."""
        return self.max_workers + EXTRA_CONNECTIONS

    @property
    def db_connections(self) -> int:
        """Connections to one database that a process may have at once."""
        return max(self.db_pool_size, self.connections)

    def db_uri(self, service: str, base: str = "Base") -> str:
        """Return the URI of a service's database: of the tables of the class of this name."""
        database = service if base == "Base" else f"{service}_{base.lower()}"
        uri: str = getattr(self, f"{database}_db_uri", "")
        return uri or f"sqlite:///{self.data_dir}/{database}.sqlite"

    def for_nameko(self) -> dict[str, Any]:
        """Return what Nameko itself reads, by its own names."""
        return {
            "AMQP_URI": self.amqp_uri, "HEARTBEAT": self.heartbeat, "max_workers": self.max_workers,
        }


def types_by_name() -> dict[str, SettingType]:
    """Return the type of each setting, by its name."""
    return {each.name.upper(): each.metadata[METADATA_KEY] for each in fields(Settings)}
