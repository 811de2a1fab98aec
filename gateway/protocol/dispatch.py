"""From a message to its answer: parse, find the method, check, call, describe. Never raises."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auth.exceptions import InvalidToken
from extensions import request_id
from extensions.observability import request_log, tracing
from gateway import metrics
from gateway.protocol import errors, json_rpc, registry

MALFORMED = ("ParseError", "InvalidRequest", "MethodNotFound")


@dataclass(frozen=True)
class Answer:
    """The text to be sent; `refusal` is the `data.type` of an error."""

    text: str
    refusal: str | None = None


def answer(
    gateway: Any, message: str | bytes, connection: Any = None, token: str | None = None,
    address: str = "",
) -> tuple[Answer, list[Callable[[], None]]]:
    """Serve one request, and say what is to be done once it has been answered.

    Without a connection the caller is who the token says, if there is one, and is at this address.
    """
    request_id.start()
    span = tracing.request()
    started, name, rpc_id = time.monotonic(), "", None
    address = connection.address if connection is not None else address
    call = registry.Call(gateway, connection=connection, arrived=time.time(), address=address)
    try:
        request = json_rpc.parse(message)
        rpc_id = request.id
        method = registry.find(request.method, on_socket=connection is not None)
        name = method.name
        call.login, call.family, call.fingerprint = _caller(gateway, method, connection, token)
        key = connection.id if connection is not None else call.login or address
        gateway.limits.count_request(key)
        value = method.call(call, request.params)
        answered = Answer(json_rpc.result(rpc_id, value))
    except Exception as error:  # whatever it was: the caller is told in the way agreed on
        rpc_id = getattr(error, "rpc_id", rpc_id)
        refusal = errors.type_of(error)
        answered = Answer(json_rpc.error(rpc_id, errors.describe(error)), refusal)
    outcome, seconds = answered.refusal or "ok", time.monotonic() - started
    metrics.REQUESTS.labels(name, outcome).inc()
    metrics.REQUEST_SECONDS.labels(name).observe(seconds)
    request_log.log_event(
        "request", method=name, outcome=outcome, ms=round(1000 * seconds, 1),
        login=connection.login if connection else call.login,
        connection=connection and connection.id,
    )
    span.end(outcome, name)
    return answered, [] if answered.refusal else call.after_answer


def is_malformed(answered: Answer) -> bool:
    """Whether the message was none that any client in good order would send."""
    return answered.refusal in MALFORMED


def _caller(
    gateway, method: registry.Method, connection, token: str | None
) -> tuple[str | None, str | None, str | None]:
    """The player who calls, and the family and the fingerprint of the token that proved it."""
    if connection is not None:
        return connection.login, connection.family, connection.fingerprint
    if token is None or method.ignores_token:
        return None, None, None
    if not token:
        raise InvalidToken("The Authorization header is not of the form: Bearer <access token>")
    known = gateway.services.auth.authenticate(token)
    return known["login"], known["family"], known.get("fingerprint")
