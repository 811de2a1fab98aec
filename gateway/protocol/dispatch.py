"""From a message to its answer: parse, find the method, identify the caller, call, encode."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from extensions import request_id
from extensions.observability import request_log, tracing
from gateway import metrics
from gateway.protocol import errors, json_rpc, registry

MALFORMED = ("ParseError", "InvalidRequest", "MethodNotFound")


class Client(Protocol):
    """Who sends requests: a WebSocket connection, or one request by HTTP."""

    @property
    def connection_id(self) -> str | None:
        """The id of the connection, or None by HTTP."""

    @property
    def login(self) -> str | None:
        """The player, as far as it is known already."""

    def call(self, method: registry.Method, arrived: float) -> registry.Call:
        """Identify and count the caller of a method; raises InvalidToken and RateLimited."""


@dataclass(frozen=True)
class Answer:
    """The answer to a request; `refusal` is the `data.type` of an error."""

    text: str
    refusal: str | None = None
    after_answer: list[Callable[[], None]] = field(default_factory=list)  # once it has been sent

    @property
    def is_malformed(self) -> bool:
        """Whether the message was one that no correct client would send."""
        return self.refusal in MALFORMED


class Served:
    """A request that is being served: its id, its span, its time and its line in the log."""

    def __init__(self, client: Client) -> None:
        request_id.start()
        self._client = client
        self._span = tracing.request()
        self._started, self.arrived = time.monotonic(), time.time()
        self.method = ""
        self.rpc_id: json_rpc.RpcId = None

    def succeeded(self, value: object, after_answer: list[Callable[[], None]]) -> Answer:
        """Return the answer with a result."""
        answer = Answer(json_rpc.result(self.rpc_id, value), None, after_answer)
        self._finish("ok")
        return answer

    def failed(self, error: Exception) -> Answer:
        """Return the answer with an error."""
        refusal = errors.type_of(error)
        if isinstance(error, json_rpc.ProtocolError):
            self.rpc_id = error.rpc_id
        answer = Answer(json_rpc.error(self.rpc_id, errors.describe(error)), refusal)
        self._finish(refusal)
        return answer

    def _finish(self, outcome: str) -> None:
        seconds = time.monotonic() - self._started
        metrics.REQUESTS.labels(self.method, outcome).inc()
        metrics.REQUEST_SECONDS.labels(self.method).observe(seconds)
        request_log.log_event(
            "request", method=self.method, outcome=outcome, ms=round(1000 * seconds, 1),
            login=self._client.login, connection=self._client.connection_id,
        )
        self._span.end(outcome, self.method)


def answer(message: str | bytes, client: Client) -> Answer:
    """Serve one request; raises nothing."""
    served = Served(client)
    try:
        request = json_rpc.parse(message)
        served.rpc_id = request.id
        method = registry.find(request.method, on_socket=client.connection_id is not None)
        served.method = method.name
        call = client.call(method, served.arrived)
        return served.succeeded(method.call(call, request.params), call.after_answer)
    except Exception as error:  # the client is told of every error in the same way
        return served.failed(error)
