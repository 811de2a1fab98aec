"""Spans, as OpenTelemetry records and exports them. Imported only where there is tracing.

They are sent in batches by a greenthread of the SDK's, which takes threads and sockets as eventlet
has patched them, and so holds nobody up. A queue that is full drops what comes.
"""

from typing import Any

from opentelemetry import context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    INVALID_SPAN,
    SpanKind,
    StatusCode,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from extensions import request_id
from extensions.observability import request_log
from extensions.observability.tracing import CONTEXT_KEY

PATH = "/v1/traces"
NANOSECONDS = 10**9


class Recorder:
    """Records the spans of a process, and sends them to a collector."""

    def __init__(self, endpoint: str, process: str):
        resource = Resource.create({"service.namespace": "arbiter", "service.name": process})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + PATH)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("arbiter")
        self._w3c = TraceContextTextMapPropagator()

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def traceparent(self) -> str | None:
        """The span that this greenthread is in, as W3C writes it."""
        if get_current_span() is INVALID_SPAN:
            return None
        carrier: dict[str, str] = {}
        self._w3c.inject(carrier)
        return carrier.get(CONTEXT_KEY)

    def begin(self, name: str, kind: str, parent: str | None = None) -> "Span":
        """A span that this greenthread is in from now on."""
        return Span(self._tracer.start_span(name, self._within(parent), SpanKind[kind]))

    def record(
        self, name: str, parent: str, began: float, outcome: str, attributes: dict[str, Any]
    ) -> None:
        """A span that is over."""
        span = self._tracer.start_span(
            name, self._within(parent), SpanKind.SERVER, start_time=int(began * NANOSECONDS)
        )
        _finish(span, outcome, attributes)

    def _within(self, parent: str | None) -> context.Context | None:
        return None if parent is None else self._w3c.extract({CONTEXT_KEY: parent})


class Span:
    """A span that a greenthread is in, until `end` or the end of its block."""

    def __init__(self, span):
        self._span = span
        self._token = context.attach(set_span_in_context(span))

    def __enter__(self) -> "Span":
        return self

    def __exit__(self, _kind, error, _trace) -> None:
        self.end(request_log.outcome(error))

    def end(self, outcome: str, name: str | None = None, **attributes: Any) -> None:
        """The span is over: how it ended, its name where that was not known, and further facts."""
        context.detach(self._token)
        if name:
            self._span.update_name(name)
        _finish(self._span, outcome, {**attributes, "request_id": request_id.current()})


def _finish(span, outcome: str, attributes: dict[str, Any]) -> None:
    known = {name: value for name, value in attributes.items() if value is not None}
    span.set_attributes({"outcome": outcome, **known})
    if outcome != "ok":
        span.set_status(StatusCode.ERROR, outcome)
    span.end()
