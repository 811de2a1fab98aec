"""Serves the metrics and the health of the process, on a port of its own."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from prometheus_client import REGISTRY, CollectorRegistry, Metric, generate_latest

TEXT, JSON = "text/plain; charset=utf-8", "application/json"


class _Labelled:
    """All metrics of the process, each series with the name of its service."""

    def collect(self) -> Iterator[Metric]:
        for family in REGISTRY.collect():
            family.samples = [
                sample._replace(labels={**sample.labels, "service": "bots"})
                for sample in family.samples
            ]
            yield family


def serve(host: str, port: int, problems: Callable[[], list[str]]) -> ThreadingHTTPServer:
    """Serve `/metrics`, `/healthz`, and at `/readyz` what is wrong; until it is shut down."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            status, kind, body = 200, TEXT, b"ok\n"
            if self.path == "/metrics":
                body = generate_latest(cast(CollectorRegistry, _Labelled()))
            elif self.path == "/readyz":
                found = problems()
                status, kind = (503 if found else 200), JSON
                body = json.dumps({"ready": not found, "problems": found}).encode()
            elif self.path != "/healthz":
                status, body = 404, b"There are /metrics, /healthz and /readyz\n"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Leave requests out of the log."""

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
