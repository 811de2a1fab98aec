"""A collector of traces, as far as tests need one: it takes spans by OTLP over HTTP."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """A span as it was sent; ids are in hexadecimal, `failed` where its status is an error."""

    process: str
    name: str
    trace: str
    id: str
    parent: str
    kind: int
    began: int
    ended: int
    failed: bool
    attributes: dict[str, Any]


class Collector:
    """Takes spans, and keeps them; a context manager."""

    def __init__(self):
        self.spans: list[Span] = []
        spans = self.spans

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                assert self.path == "/v1/traces"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                spans.extend(_spans(ExportTraceServiceRequest.FromString(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Collector":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of_trace(self, trace: str) -> dict[tuple[str, str, str], Span]:
        """The spans of a trace: by process, name, and kind."""
        kinds = {2: "server", 3: "client"}
        return {
            (span.process, span.name, kinds[span.kind]): span
            for span in self.spans if span.trace == trace
        }


def _spans(request):
    for resource in request.resource_spans:
        process = _attributes(resource.resource)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    process, span.name, span.trace_id.hex(), span.span_id.hex(),
                    span.parent_span_id.hex(), span.kind, span.start_time_unix_nano,
                    span.end_time_unix_nano, span.status.code == 2, _attributes(span),
                )


def _attributes(of) -> dict[str, Any]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes
    }
