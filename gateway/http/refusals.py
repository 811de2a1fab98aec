"""Answers that the server gives before the application is asked."""

from http import HTTPStatus

RETRY_AFTER_SECONDS = 5
# Of every answer, the application's too.
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_RETRIED_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def refusal(status: HTTPStatus) -> bytes:
    """Return the answer that refuses a request, and says that the connection ends."""
    headers = {
        **SECURITY_HEADERS, "Content-Security-Policy": "default-src 'none'",
        "Connection": "close", "Content-Length": "0",
    }
    if status in _RETRIED_LATER:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status.value} {status.phrase}", *lines, "", ""]).encode()
