"""A process's metrics over HTTP: on a port of its own, as several gateways may share theirs."""

import logging
import socket
from typing import Any

import eventlet
import eventlet.wsgi
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

from extensions.settings import Settings

_log = logging.getLogger(__name__)

SCRAPES_AT_ONCE = 4
IDLE_TIMEOUT = 120


class _Labelled:
    """All that the process counts, each series with the name of its service."""

    def __init__(self, service: str):
        self._service = service

    def collect(self):
        for family in REGISTRY.collect():
            eventlet.sleep(0)  # all of them take some 20 ms, in which nobody else would be served
            family.samples = [
                sample._replace(labels={**sample.labels, "service": self._service})
                for sample in family.samples
            ]
            yield family


def exposition(service: str, accept: str | None) -> tuple[bytes, str]:
    """The metrics of this process in the form that is asked for, and the name of that form."""
    encode, content_type = choose_encoder(accept or "")
    return encode(_Labelled(service)), content_type


class Exposition:
    """Serves `/metrics` and `/healthz` on METRICS_PORT of METRICS_HOST; without a port, nothing.

    A port that can't be used is logged as an error, and the process does its work without: that it
    tells nothing is seen by whoever asks it.
    """

    def __init__(self, settings: Settings, service: str):
        self._host, self._port = settings.metrics_host, settings.metrics_port
        self._service = service
        self._listener: socket.socket | None = None
        self._server: Any = None

    def start(self) -> None:
        if not self._port:
            return
        try:
            self._listener = socket.create_server((self._host, self._port))
        except OSError as error:
            _log.error(
                "METRICS_PORT %s of %s can't be used, and nobody can ask for metrics here: %s",
                self._port, self._host, error,
            )
            return
        self._server = eventlet.spawn(
            eventlet.wsgi.server, self._listener, self._answer, debug=False, log_output=False,
            custom_pool=eventlet.GreenPool(SCRAPES_AT_ONCE), socket_timeout=IDLE_TIMEOUT,
        )

    def stop(self) -> None:
        if self._server is not None:
            self._server.kill()
            assert self._listener is not None
            self._listener.close()

    def _answer(self, environ, start_response):
        status, body, content_type = "200 OK", b"ok\n", "text/plain"
        if environ["PATH_INFO"] == "/metrics":
            body, content_type = exposition(self._service, environ.get("HTTP_ACCEPT"))
        elif environ["PATH_INFO"] != "/healthz":
            status, body = "404 Not Found", b"There are /metrics and /healthz\n"
        start_response(status, [("Content-Type", content_type)])
        return [body]
