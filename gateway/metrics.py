"""The gateway's metrics, for Prometheus."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

from extensions.observability.metrics import SECONDS

REQUESTS = Counter(
    "arbiter_gateway_requests_total", "Requests served, by method and outcome",
    ["method", "outcome"],
)
REQUEST_SECONDS = Histogram(
    "arbiter_gateway_request_seconds", "Time from a request to its answer", ["method"],
    buckets=SECONDS,
)
READY = Gauge(
    "arbiter_gateway_ready", "1 while the broker and all services answer and do their work"
)
SOCKETS = Gauge("arbiter_gateway_sockets", "Open WebSockets")
SLOW_CLIENTS = Counter(
    "arbiter_gateway_cut_off_total", "Clients disconnected because they did not read their messages"
)
EVENTS = Counter("arbiter_gateway_events_total", "Events delivered to clients", ["event"])
UNSENT_MESSAGES = Gauge(
    "arbiter_gateway_send_queue_messages", "Messages that wait to be sent to clients"
)
WAITING_COMMANDS = Gauge(
    "arbiter_gateway_commands_waiting", "Commands that wait to be sent to the session service"
)
BATCH_COMMANDS = Histogram(
    "arbiter_gateway_commands_at_once", "Commands sent to the session service in one call",
    buckets=(1, 2, 4, 8, 16, 32, 64),
)

# By their labels, of which there are few: to look them up takes longer than to count.
requests = cache(REQUESTS.labels)
request_seconds = cache(REQUEST_SECONDS.labels)
events = cache(EVENTS.labels)
