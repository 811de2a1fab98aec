"""The metrics of every process, for Prometheus. The label `service` is added at the scrape."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "arbiter_service_requests_total",
    "What a service was asked for or did by itself, by kind, method and outcome",
    ["kind", "method", "outcome"],
)
REQUEST_SECONDS = Histogram(
    "arbiter_service_request_seconds", "Time that one of these took, with its reply",
    ["kind", "method"], buckets=SECONDS,
)
# By their labels, of which there are few: to look them up takes longer than to count.
requests = cache(REQUESTS.labels)
request_seconds = cache(REQUEST_SECONDS.labels)
IN_PROGRESS = Gauge("arbiter_service_requests_in_progress", "Those that are under way")

CALL_SECONDS = Histogram(
    "arbiter_rpc_call_seconds", "Time that a call to another service took", ["target", "method"],
    buckets=SECONDS,
)
CALLS_IN_FLIGHT = Gauge(
    "arbiter_rpc_calls_in_flight", "Calls to other services that wait for a reply", ["target"]
)
CALLS_UNANSWERED = Counter(
    "arbiter_rpc_calls_unanswered_total", "Calls that a service did not answer, or not in time",
    ["target"],
)

LOOP_SINCE_RUN = Gauge(
    "arbiter_loop_seconds_since_run", "Seconds since a loop of the process has done its work",
    ["loop"],
)

OUTBOX = Gauge(
    "arbiter_outbox_messages", "Messages that are stored and not known to be published"
)
OUTBOX_OLDEST = Gauge("arbiter_outbox_oldest_seconds", "Age of the oldest of these messages")
PUBLISHED_LATE = Counter(
    "arbiter_outbox_published_late_total", "Messages that the relay has published, late"
)
NOT_PUBLISHED = Counter(
    "arbiter_publishing_failures_total", "Messages that the broker did not confirm"
)
BROKER_BLOCKED = Gauge(
    "arbiter_broker_blocked", "1 while the broker takes no messages, short of memory or disk"
)

STORAGE_FAILURES = Counter(
    "arbiter_storage_failures_total",
    "Times that a database or Redis did not answer in time, or could not store",
)
DATABASE_CONNECTIONS = Gauge(
    "arbiter_database_connections_in_use", "Connections of the pool that are in use", ["database"]
)
SCRAPE_ERRORS = Counter(
    "arbiter_scrape_errors_total", "Scrapes that lack what could not be found out in time"
)
