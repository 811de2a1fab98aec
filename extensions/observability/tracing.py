"""Traces, by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT is set.

A trace begins with a request at the gateway. What is done for a request goes on with its trace, and
what a process does by itself has none. The context goes with each RPC as W3C's traceparent.

The SDK sends spans in batches from a greenthread of its own, as eventlet has patched the threads
and sockets that it uses. If its queue is full it drops what comes.
"""

from contextvars import Token
from typing import Any

import eventlet
from opentelemetry import context, trace
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from extensions import request_id
from extensions.observability import request_log
from extensions.settings import Settings

CONTEXT_KEY = "traceparent"
PATH = "/v1/traces"
NANOSECONDS = 10**9
MISSING_PACKAGES = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the packages for tracing are missing: "
    "pip install -e '.[tracing]'"
)
FLUSH_TIMEOUT_SECONDS = 2.0  # for a collector to take what is left when a process ends

_W3C = TraceContextTextMapPropagator()
_provider: Any = None  # of the SDK
_tracer: trace.Tracer | None = None  # None: nothing is traced, at the cost of asking for it


class Span:
    """A span that a greenthread is in until `leave` or `end`, or for a block.

    It does nothing where nothing is traced.
    """

    __slots__ = ("_span", "_token", "_request_id")

    def __init__(self, span: trace.Span | None = None) -> None:
        self._span = span
        self._request_id = request_id.current()  # it may end in another greenthread
        self._token: Token[context.Context] | None = None
        if span is not None:
            self._token = context.attach(trace.set_span_in_context(span))

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.end(request_log.outcome(error))

    def leave(self) -> None:
        """Detach the span from the greenthread; `end` ends it later, in any greenthread."""
        if self._token is not None:
            context.detach(self._token)
            self._token = None

    def end(self, outcome: str, name: str | None = None, **attributes: Any) -> None:
        """End the span with its outcome, its name if it was not known before, and further facts."""
        if self._span is not None:
            self.leave()
            if name:
                self._span.update_name(name)
            _finish(self._span, outcome, {**attributes, "request_id": self._request_id})


UNTRACED = Span()


def start(settings: Settings, process: str) -> None:
    """Trace from now on, if it is set; ends the process where the packages for it are missing."""
    global _provider, _tracer
    endpoint = settings.otel_exporter_otlp_endpoint
    if not endpoint or _tracer is not None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        raise SystemExit(MISSING_PACKAGES) from None
    resource = Resource.create({"service.namespace": "arbiter", "service.name": process})
    _provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + PATH)
    _provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = _provider.get_tracer("arbiter")


def stop() -> None:
    """Send what has not been sent, if the collector takes it in time."""
    global _provider, _tracer
    provider, _provider, _tracer = _provider, None, None
    if provider is not None:
        with eventlet.Timeout(FLUSH_TIMEOUT_SECONDS, False):
            provider.shutdown()


def traceparent() -> str | None:
    """Return the `traceparent` of the current trace; None while tracing is off."""
    if _tracer is None:
        return None
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(CONTEXT_KEY)


def request() -> Span:
    """Begin a trace with a span that this greenthread is in until it ends it."""
    if _tracer is None:
        return UNTRACED
    return Span(_tracer.start_span("request", kind=SpanKind.SERVER))


def call(service: str, method: str) -> Span:
    """Return a span for a call to another service, if it is for a request; a context manager."""
    if _tracer is None or traceparent() is None:
        return UNTRACED
    return Span(_tracer.start_span(f"{service}.{method}", kind=SpanKind.CLIENT))


def served(service: str, method: str, parent: str | None) -> Span:
    """Begin a span for a call that came with a trace, which this greenthread is to end."""
    if _tracer is None or parent is None:
        return UNTRACED
    name, within = f"{service}.{method}", _W3C.extract({CONTEXT_KEY: parent})
    return Span(_tracer.start_span(name, within, SpanKind.SERVER))


def done(name: str, parent: str | None, began: float, outcome: str, **attributes: Any) -> None:
    """Record a span for what began at a time, in seconds since the epoch, and ends now."""
    if _tracer is not None and parent is not None:
        span = _tracer.start_span(
            name, _W3C.extract({CONTEXT_KEY: parent}), SpanKind.SERVER,
            start_time=int(began * NANOSECONDS),
        )
        _finish(span, outcome, attributes)


def _finish(span: trace.Span, outcome: str, attributes: dict[str, Any]) -> None:
    known = {name: value for name, value in attributes.items() if value is not None}
    span.set_attributes({"outcome": outcome, **known})
    if outcome != "ok":
        span.set_status(StatusCode.ERROR, outcome)
    span.end()
