"""Plain HTTP requests, with the headers and the bytes of the answer."""

import http.client
from dataclasses import dataclass
from http.client import HTTPMessage


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes


def get(stack, path: str, headers: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
