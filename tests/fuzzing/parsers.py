"""The parsers of what strangers send, and what must hold of each whatever it is given."""

import io
import json
from collections.abc import Callable, Iterator

from eventlet.wsgi import ChunkReadError, Input
from pydantic import ValidationError

import gateway.methods  # noqa: F401  fills the table of methods
from auth import token_codec
from extensions.pagination import Name, Number, UnknownCursor, decode_cursor, encode_cursor
from gateway.connection.fragments import Fragments, MessageTooLarge
from gateway.connection.frames import FrameReader, FrameTooLarge, is_ping, pong_frame
from gateway.http.chunked_bodies import ChunkedFile
from gateway.http.framing import refusal
from gateway.protocol import errors, json_rpc
from gateway.protocol.client_network import client_network
from gateway.protocol.registry import METHODS
from tests.e2e.fuzz.values import required

MAX_PAYLOAD_BYTES = 4096
METHOD_NAMES = sorted(METHODS)
LISTS = {"rooms": tuple[Number, Name], "accounts": tuple[Name]}
KEYS = token_codec.Keys.of("a secret of the tests, and long enough")
WORDS = ("Content-Length: 1", "Transfer-Encoding: chunked", "Transfer-Encoding:", "gzip", "\n")
ENDS = ("content-length", "transfer-encoding")


def requests(data: bytes) -> None:
    """A message is a request, or its refusal can be sent."""
    try:
        request = json_rpc.parse(data)
    except json_rpc.ProtocolError as error:
        json.loads(json_rpc.error(error.rpc_id, errors.describe(error)))
        return
    if request.method in METHODS and isinstance(request.params, dict):
        try:
            METHODS[request.method].params.read(request.params)
        except ValidationError as error:
            refused = errors.describe(errors.invalid_params(error))
            assert json.loads(json_rpc.error(request.id, refused))["error"]["data"]["errors"]


def parameters(data: bytes) -> None:
    """The parameters of each method are read or refused; the first byte chooses the method."""
    name = METHOD_NAMES[data[0] % len(METHOD_NAMES)] if data else METHOD_NAMES[0]
    requests(b'{"jsonrpc":"2.0","id":1,"method":"%b","params":%b}' % (name.encode(), data[1:]))


def frames(data: bytes) -> None:
    """Frames are the same in whatever pieces they arrive; the first byte chooses the pieces."""
    cut = data[0] % len(data) if data else 0
    whole = _frames(data[1:])
    assert whole == _frames(data[1:cut], data[max(cut, 1):])
    fragments = Fragments()
    for frame in whole:
        if isinstance(frame, str):
            continue
        if is_ping(frame):
            assert len(pong_frame(frame)) == len(frame) - 4
        try:
            if fragments.feed(frame) is not None:
                return
        except MessageTooLarge:
            return


def chunks(data: bytes) -> None:
    """A body in chunks is read or refused, and then nothing more of it is read."""
    refused: list[bool] = []
    file = ChunkedFile(io.BytesIO(data), lambda size: False, lambda: refused.append(True))
    body = Input(file, None, None, chunked_input=True)
    try:
        assert len(body.read(MAX_PAYLOAD_BYTES)) <= MAX_PAYLOAD_BYTES
    except ChunkReadError:
        raise AssertionError("eventlet has read a size that was not refused before") from None
    except OSError:
        pass


def headers(data: bytes) -> None:
    """A request with these headers is refused, or has one end; bytes from 128 on stand for words.
    """
    text = "".join(WORDS[each % 5] if each >= 128 else chr(each) for each in data)
    lines = [line.partition(":") for line in text.split("\n")]
    given = [(name, value) for name, _, value in lines]
    if refusal(given, "HTTP/1.1") is None:
        assert len([name for name, _ in given if name.lower() in ENDS]) <= 1


def cursors(data: bytes) -> None:
    """A cursor is a position that has this cursor, or refused."""
    text = data.decode("latin-1")
    for name, position_type in LISTS.items():
        try:
            position = decode_cursor(name, text, position_type)
        except UnknownCursor:
            continue
        assert position is None or encode_cursor(name, list(position)) == text


def tokens(data: bytes) -> None:
    """No token is good that was not signed."""
    try:
        token_codec.decode(data.decode("utf-8", "surrogatepass"), token_codec.ACCESS, KEYS, 0.0)
    except (token_codec.BadToken, UnicodeDecodeError):
        return
    raise AssertionError("a forged token is good")


def addresses(data: bytes) -> None:
    """An address has one network to be counted by, which is printed and short."""
    assert len(client_network(data.decode("latin-1"))) <= max(len(data), 43)


PARSERS = (requests, parameters, frames, chunks, headers, cursors, tokens, addresses)


def parse_any(data: bytes) -> None:
    """Give bytes to a parser, which the first one chooses."""
    if data:
        PARSERS[data[0] % len(PARSERS)](data[1:])


def seeds() -> Iterator[bytes]:
    """Yield inputs of `parse_any` from which a search can begin."""
    for number, name in enumerate(METHOD_NAMES):
        given = json.dumps(required(METHODS[name].params)).encode()
        yield _input(parameters, bytes([number]) + given)
        message = b'{"jsonrpc":"2.0","id":1,"method":"%b","params":%b}' % (name.encode(), given)
        yield _input(requests, message)
    for frame in (
        b"\x81\x83\0\0\0\0abc", b"\x01\x81\1\1\1\1a\x80\x80\0\0\0\0", b"\x89\x81\0\0\0\0x",
        b"\x88\x82\0\0\0\0\x03\xe8", b"\x81\xfe\x00\x7e\0\0\0\0" + b"x" * 126,
    ):
        yield _input(frames, b"\x05" + 2 * frame)
    yield _input(chunks, b"5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n")
    yield _input(headers, b"Content-Length: 1\nX: y")
    yield _input(headers, b"Transfer-Encoding: chunked\nX: y")
    yield _input(cursors, encode_cursor("rooms", [1, "a"]).encode())
    claims = token_codec.new_claims("ada", token_codec.ACCESS, 0.0, 60.0, "print", "family", "id")
    others = token_codec.Keys.of("a secret of somebody else, long enough")
    yield _input(tokens, token_codec.encode(claims, others).encode())
    for address in (b"192.0.2.1", b"2001:db8::1", b"::ffff:192.0.2.1"):
        yield _input(addresses, address)


def _input(parser: Callable[[bytes], None], data: bytes) -> bytes:
    return bytes([PARSERS.index(parser)]) + data


def _frames(*pieces: bytes) -> list[str | bytes]:
    reader, found = FrameReader(MAX_PAYLOAD_BYTES), list[str | bytes]()
    try:
        for piece in pieces:
            found += reader.feed(piece)
    except FrameTooLarge:
        found.append("too large")
    return found
