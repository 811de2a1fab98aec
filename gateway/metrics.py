"""What the gateway counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "arbiter_gateway_requests_total", "Requests served, by method and outcome",
    ["method", "outcome"],
)
REQUEST_SECONDS = Histogram(
    "arbiter_gateway_request_seconds", "Time from a request to its answer", ["method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
SOCKETS = Gauge("arbiter_gateway_sockets", "Open WebSockets")
CUT_OFF = Counter(
    "arbiter_gateway_cut_off_total", "Clients cut off because they did not read their messages"
)
EVENTS = Counter("arbiter_gateway_events_total", "Events delivered to clients", ["event"])
RPC_SECONDS = Histogram(
    "arbiter_gateway_rpc_seconds", "Time that a call to a service took", ["service", "rpc"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RPC_UNANSWERED = Counter(
    "arbiter_gateway_rpc_unanswered_total", "Calls that a service did not answer in time",
    ["service"],
)
COMMANDS_AT_ONCE = Histogram(
    "arbiter_gateway_commands_at_once", "Commands that went to the session service in one call",
    buckets=(1, 2, 4, 8, 16, 32, 64),
)
