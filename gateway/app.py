"""The Flask application: the routes, and who may use them from where."""

from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from flask_sock import Sock
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from extensions.observability.exposition import exposition
from gateway.gateway import Gateway
from gateway.http.chunked_bodies import with_short_lines
from gateway.http.static import StaticFiles, add_pages, content_security_policy
from gateway.protocol import dispatch, json_rpc
from gateway.protocol.limits import client_network

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# simple-websocket measures in characters; the exact limit, in bytes, is the connection's.
SOCKET_OPTIONS = {"max_message_size": json_rpc.MAX_MESSAGE_BYTES}


def create_app(config, gateway: Gateway) -> Flask:
    """The WSGI application of a gateway."""
    app = Flask(__name__, static_folder=None)
    app.config["SOCK_SERVER_OPTIONS"] = SOCKET_OPTIONS
    app.config["MAX_CONTENT_LENGTH"] = json_rpc.MAX_MESSAGE_BYTES
    listed = (config["ALLOWED_ORIGINS"] or "").split(",")
    allowed = [each.strip() for each in listed if each.strip()]
    if proxies := int(config["TRUSTED_PROXIES"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)
    app.wsgi_app = with_short_lines(app.wsgi_app)
    sock = Sock(app)

    @app.before_request
    def refuse_foreign_pages():
        origin = request.headers.get("Origin")
        if request.path in ("/ws", "/rpc") and not _may_come_from(origin, request.host, allowed):
            return Response("This page may not connect here\n", 403, mimetype="text/plain")
        return None

    @app.after_request
    def set_headers(response):
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = content_security_policy(request.host)
        return response

    @sock.route("/ws")
    def websocket(ws):
        gateway.serve(ws, client_network(request.remote_addr or ""))

    @app.post("/rpc")
    def rpc():
        answered, after = dispatch.answer(
            gateway, _body(), token=_token(),
            address=client_network(request.remote_addr or ""),
        )
        for action in after:
            action()
        return Response(answered.text, mimetype="application/json")

    add_pages(app, StaticFiles())

    @app.get("/healthz")
    def alive():
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    def ready():
        silent, ailing = gateway.unwell()
        well = not silent and not ailing
        body = {"ready": well, "not_answering": silent, "ailing": ailing}
        return jsonify(body), 200 if well else 503

    @app.get("/metrics")
    def metrics():
        told, content_type = exposition("gateway", request.headers.get("Accept"))
        return Response(told, content_type=content_type)

    return app


def _may_come_from(origin: str | None, host: str, allowed: list[str]) -> bool:
    """Whether a page of this origin may connect: the server's own, or one that is allowed."""
    if origin is None:  # no browser
        return True
    try:
        own = urlsplit(origin).netloc == host
    except ValueError:  # what it says is no URL
        own = False
    return own or origin in allowed


def _body() -> bytes:
    """The body of the request, also where it comes in chunks.

    Raises RequestEntityTooLarge, and ClientDisconnected for one that is not whole.
    """
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.get_data()
    # Werkzeug takes a body for empty whose length it is not told.
    try:
        body = request.environ["wsgi.input"].read(json_rpc.MAX_MESSAGE_BYTES + 1)
    except (OSError, ValueError):
        raise ClientDisconnected from None
    if len(body) > json_rpc.MAX_MESSAGE_BYTES:
        raise RequestEntityTooLarge
    return body


def _token() -> str | None:
    """The bearer token of the request; empty for a header of another form, None without one."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
