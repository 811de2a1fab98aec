"""Traces, by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT is set; else nothing is imported.

A trace begins with a request at the gateway. What is done for a request goes on with its trace,
and what a process does by itself has none. The context goes with each RPC as W3C's traceparent.
"""

from typing import Any

import eventlet

from extensions.settings import Settings

CLIENT, SERVER = "CLIENT", "SERVER"
CONTEXT_KEY = "traceparent"
MISSING = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the packages for tracing are missing: "
    "pip install -e '.[tracing]'"
)
PATIENCE = 2.0  # seconds for a collector to take what is left when a process ends


class Untraced:
    """A span where nothing is traced."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def end(self, outcome: str, name: str | None = None, **attributes: Any) -> None:
        """The span is over: how it ended, its name where that was not known, and further facts."""


UNTRACED = Untraced()
_recorder: Any = None


def start(settings: Settings, process: str) -> None:
    """Trace from now on, if it is set; ends the process where the packages for it are missing."""
    global _recorder
    endpoint = settings.otel_exporter_otlp_endpoint
    if not endpoint or _recorder is not None:
        return
    try:
        from extensions.observability.spans import Recorder
    except ModuleNotFoundError:
        raise SystemExit(MISSING) from None
    _recorder = Recorder(endpoint, process)


def stop() -> None:
    """Send what has not been sent, if the collector takes it."""
    global _recorder
    recorder, _recorder = _recorder, None
    if recorder is not None:
        with eventlet.Timeout(PATIENCE, False):
            recorder.close()


def traceparent() -> str | None:
    """What a trace goes on by elsewhere; None where nothing is traced."""
    return None if _recorder is None else _recorder.traceparent()


def request() -> Any:
    """A span that begins a trace; to be ended by `end`, in this greenthread."""
    return UNTRACED if _recorder is None else _recorder.begin("request", SERVER)


def call(service: str, method: str) -> Any:
    """A span for a call to another service, in a trace that is under way; a context manager."""
    if _recorder is None or _recorder.traceparent() is None:
        return UNTRACED
    return _recorder.begin(f"{service}.{method}", CLIENT)


def served(service: str, method: str, parent: str | None) -> Any:
    """A span for a call that is being served; to be ended by `end`, in this greenthread."""
    if _recorder is None or parent is None:
        return UNTRACED
    return _recorder.begin(f"{service}.{method}", SERVER, parent)


def done(name: str, parent: str | None, began: float, outcome: str, **attributes: Any) -> None:
    """A span for what was begun then, in seconds since the epoch, and is over now."""
    if _recorder is not None and parent is not None:
        _recorder.record(name, parent, began, outcome, attributes)
