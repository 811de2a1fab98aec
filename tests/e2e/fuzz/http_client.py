"""A client that sends one body after the other on a connection, whatever they are."""

import http.client
from collections.abc import Iterator

PIECE_BYTES = 100
TIMEOUT_SECONDS = 60.0


class HttpClient:
    """A connection by HTTP that is kept alive."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def post(self, text: str, authorization: str | None, in_chunks: bool) -> tuple[int, bytes]:
        """Return the status and the body of the answer to a body that is posted to /rpc."""
        body = text.encode()
        headers = {} if authorization is None else {"Authorization": authorization}
        if in_chunks:
            headers["Transfer-Encoding"] = "chunked"
        sent = _pieces(body) if in_chunks else body
        self._connection.request("POST", "/rpc", sent, headers, encode_chunked=in_chunks)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]
