"""From a message to its answer: parse, find the method, identify the caller, call, encode."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from extensions import request_id
from extensions.observability import request_log, tracing
from extensions.observability.sampling import Sampler
from gateway import metrics
from gateway.protocol import errors, json_rpc, registry
from gateway.protocol.deferred import Deferred

MALFORMED = ("ParseError", "InvalidRequest", "MethodNotFound")
RATE_LIMITED = "RateLimited"
LOG_INTERVAL_SECONDS = 1.0

# Of what anybody can cause any number of times, a line in a while is enough.
_refusals = {outcome: Sampler(LOG_INTERVAL_SECONDS) for outcome in (*MALFORMED, RATE_LIMITED)}


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

    text: bytes
    refusal: str | None = None
    after_answer: list[Callable[[], None]] = field(default_factory=list)  # once it has been sent

    @property
    def is_malformed(self) -> bool:
        """Whether the message was one that no correct client would send."""
        return self.refusal in MALFORMED

    @property
    def is_rate_limited(self) -> bool:
        """Whether the client has asked too soon or too often."""
        return self.refusal == RATE_LIMITED


class Served:
    """A request that is being served: its id, its span, its time and its line in the log."""

    def __init__(self, message: str | bytes, client: Client) -> None:
        """Parse the message and find the method."""
        self._client = client
        self._id = request_id.create()
        self._started, self._arrived = time.monotonic(), time.time()
        self._rpc_id: json_rpc.RpcId = None
        self._after_answer: list[Callable[[], None]] = []
        self._method: registry.Method | None = None
        self._refusal: Exception | None = None
        try:
            request = json_rpc.parse(message)
            self._rpc_id, self._params = request.id, request.params
            on_socket = client.connection_id is not None
            self._method = registry.find(request.method, on_socket)
        except Exception as error:  # the client is told of every error in the same way
            self._refusal = error

    @property
    def waits(self) -> bool:
        """Whether `serve` may wait for something, so that it needs a greenthread of its own."""
        return self._method is not None and not self._method.is_deferred

    def serve(self, on_answer: Callable[[Answer], None]) -> None:
        """Serve the request, and call `on_answer` once, now or later; raises what that raises."""
        with request_id.scope(self._id):
            self._span = tracing.request()
            try:
                result = self._call()
            except Exception as error:  # the client is told of every error in the same way
                answer = self._failed(error)
            else:
                if isinstance(result, Deferred):
                    self._span.leave()
                    result.then(partial(self._settle, on_answer))
                    return
                answer = self._succeeded(result)
            on_answer(answer)

    def _call(self) -> object:
        if self._method is None or self._refusal is not None:
            raise self._refusal or errors.MethodNotFound("There is no method")
        call = self._client.call(self._method, self._arrived)
        self._after_answer = call.after_answer
        if self._method.is_deferred:
            return self._method.call(call, self._params)
        with call.turn(self._method.name):
            return self._method.call(call, self._params)

    def _settle(self, on_answer: Callable[[Answer], None], outcome: object) -> None:
        with request_id.scope(self._id):
            if isinstance(outcome, Exception):
                answer = self._failed(outcome)
            else:
                answer = self._succeeded(outcome)
            on_answer(answer)

    def _succeeded(self, value: object) -> Answer:
        try:
            text = json_rpc.result(self._rpc_id, value)
        except Exception as error:  # what a service has answered is no JSON
            return self._failed(error)
        self._finish("ok")
        return Answer(text, None, self._after_answer)

    def _failed(self, error: Exception) -> Answer:
        refusal = errors.type_of(error)
        if isinstance(error, json_rpc.ProtocolError):
            self._rpc_id = error.rpc_id
        answer = Answer(json_rpc.error(self._rpc_id, errors.describe(error)), refusal)
        self._finish(refusal)
        return answer

    def _finish(self, outcome: str) -> None:
        method = self._method.name if self._method else ""
        seconds = time.monotonic() - self._started
        metrics.requests(method, outcome).inc()
        metrics.request_seconds(method).observe(seconds)
        # The session service logs each command, and one line is enough for a move.
        is_logged_elsewhere = outcome == "ok" and self._method and self._method.is_deferred
        if outcome not in _refusals or _refusals[outcome].take() is not None:
            request_log.log_event(
                "request", logging.DEBUG if is_logged_elsewhere else logging.INFO,
                method=method, outcome=outcome, ms=round(1000 * seconds, 1),
                login=self._client.login, connection=self._client.connection_id,
            )
        self._span.end(outcome, method)
