"""Serves the metrics and the health of a process over HTTP, on a port of its own."""

import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any, cast

import eventlet
import eventlet.wsgi
from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder

from extensions import json_codec
from extensions.observability.health import ProcessHealth
from extensions.settings import Settings

_log = logging.getLogger(__name__)

MAX_SCRAPES = 4  # at once
IDLE_TIMEOUT_SECONDS = 120


class _Labelled:
    """All metrics of the process, each series with the name of its service."""

    def __init__(self, service: str) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        for family in REGISTRY.collect():
            eventlet.sleep(0)  # all of them take some 20 ms, in which nobody else would be served
            family.samples = [
                sample._replace(labels={**sample.labels, "service": self._service})
                for sample in family.samples
            ]
            yield family


def exposition(service: str, accept: str | None) -> tuple[bytes, str]:
    """Return the metrics of this process in the form that is asked for, and its content type."""
    encode, content_type = choose_encoder(accept or "")
    return encode(cast(CollectorRegistry, _Labelled(service))), content_type


class MetricsServer:
    """Serves what operators ask a process on METRICS_PORT of METRICS_HOST; without a port, nothing.

    `/metrics`; `/healthz`, whether it runs; `/readyz`, whether it serves and does its work.

    A port that can't be used is logged as an error, and the process works without.
    """

    def __init__(self, settings: Settings, service: str, process: ProcessHealth) -> None:
        self._host, self._port = settings.metrics_host, settings.metrics_port
        self._service, self._process = service, process
        self._listener: socket.socket | None = None
        self._server: Any = None

    def start(self) -> None:
        """Start to serve."""
        if not self._port:
            return
        try:
            self._listener = socket.create_server((self._host, self._port))
        except OSError as error:
            _log.error(
                "Metrics are not served, as METRICS_PORT %s of %s can't be used: %s",
                self._port, self._host, error,
            )
            return
        self._server = eventlet.spawn(
            eventlet.wsgi.server, self._listener, self._answer, debug=False, log_output=False,
            custom_pool=eventlet.GreenPool(MAX_SCRAPES), socket_timeout=IDLE_TIMEOUT_SECONDS,
        )

    def stop(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.kill()
            assert self._listener is not None
            self._listener.close()

    def _answer(
        self, environ: dict[str, Any],
        start_response: Callable[[str, list[tuple[str, str]]], object],
    ) -> list[bytes]:
        status, body, content_type = "200 OK", b"ok\n", "text/plain"
        if environ["PATH_INFO"] == "/metrics":
            body, content_type = exposition(self._service, environ.get("HTTP_ACCEPT"))
        elif environ["PATH_INFO"] == "/readyz":
            if problems := self._process.unready():
                status = "503 Service Unavailable"
            content_type, body = "application/json", json_codec.encode(
                {"ready": not problems, "problems": problems}
            )
        elif environ["PATH_INFO"] != "/healthz":
            status, body = "404 Not Found", b"There are /metrics, /healthz and /readyz\n"
        start_response(status, [("Content-Type", content_type)])
        return [body]
