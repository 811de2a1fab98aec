"""The Flask application: the routes, and which pages may use them."""

from http import HTTPStatus
from urllib.parse import urlsplit

from eventlet.semaphore import Semaphore
from flask import Flask, Response, jsonify, request
from flask_sock import Sock
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from extensions.observability.metrics_server import exposition
from extensions.settings import Settings
from gateway.gateway import Gateway
from gateway.http import handshake, upgrade
from gateway.http.admission import SLOT_KEY
from gateway.http.drawings import add_drawing_routes
from gateway.http.protocol import END_KEY, READ_KEY
from gateway.http.refusals import SECURITY_HEADERS
from gateway.http.static import (
    CachedFiles,
    StaticFiles,
    add_static_routes,
    content_security_policy,
)
from gateway.protocol.client_network import client_network
from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES


def create_app(settings: Settings, gateway: Gateway, drawings: CachedFiles) -> Flask:
    """Create the WSGI application of a gateway."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_MESSAGE_BYTES
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore
            app.wsgi_app, x_for=proxies, x_proto=0, x_host=0
        )
    upgrade.install()
    sock = Sock(app)

    @app.before_request
    def refuse() -> Response | None:
        if request.path in ("/ws", "/rpc") and not _is_origin_allowed(settings.allowed_origins):
            return Response("This page may not connect here\n", 403, mimetype="text/plain")
        return _refuse_handshake() if request.path == "/ws" else None

    @app.errorhandler(ConnectionError)
    def end(error: ConnectionError) -> Response:
        # A client that has gone before the end of its handshake is nothing to report.
        return Response(status=HTTPStatus.BAD_REQUEST)

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(SECURITY_HEADERS)
        if "Content-Security-Policy" not in response.headers:
            policy = content_security_policy(request.host)
            response.headers["Content-Security-Policy"] = policy
        return response

    @sock.route("/ws")
    def websocket(ws: upgrade.Upgrade) -> None:
        slot = request.environ[SLOT_KEY]
        gateway.serve(ws.take_socket(), _client_address(), slot.leave)
        slot.is_kept = True

    @app.post("/rpc")
    def rpc() -> Response:
        body = _body()
        request.environ[READ_KEY]()
        answered = gateway.answer(body, _client_address(), _bearer_token())
        return Response(answered.text, mimetype="application/json")

    add_static_routes(app, StaticFiles())
    add_drawing_routes(app, drawings)

    @app.get("/healthz")
    def alive() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    def ready() -> tuple[Response, int]:
        # A balancer takes a gateway that is late for hanging, and breaks its connections.
        is_for_balancer = request.args.get("for") == "balancer"
        report = gateway.last_readiness() if is_for_balancer else gateway.readiness()
        not_answering, problems = report
        body = {"ready": not any(report), "not_answering": not_answering, "problems": problems}
        return jsonify(body), 200 if body["ready"] else 404 if is_for_balancer else 503

    scraping = Semaphore()  # it takes some 20 ms, and anybody may ask at once any number of times

    @app.get("/metrics")
    def metrics() -> Response:
        with scraping:
            text, content_type = exposition("gateway", request.headers.get("Accept"))
        return Response(text, content_type=content_type)

    return app


def _refuse_handshake() -> Response | None:
    protocol = request.environ["SERVER_PROTOCOL"]
    status = handshake.refusal(request.headers, protocol, request.method)
    if status is None and not request.environ[SLOT_KEY].claim(_client_address()):
        status = HTTPStatus.TOO_MANY_REQUESTS
    if status is None:
        return None
    response = Response(f"{status.phrase}\n", status, mimetype="text/plain")
    request.environ[END_KEY]()  # a handshake may have left anything behind it
    if status == HTTPStatus.UPGRADE_REQUIRED:
        response.headers["Sec-WebSocket-Version"] = handshake.VERSION
        response.headers["Upgrade"] = "websocket"
    return response


def _is_origin_allowed(allowed_origins: tuple[str, ...]) -> bool:
    """Tell whether the page that sends the request is this server's own, or an allowed one."""
    origin = request.headers.get("Origin")
    if origin is None:  # not sent by a browser
        return True
    try:
        is_own = urlsplit(origin).netloc == request.host
    except ValueError:  # it is not a URL
        is_own = False
    return is_own or origin in allowed_origins


def _client_address() -> str:
    return client_network(request.remote_addr or "")


def _body() -> bytes:
    """Return the body of the request, also where it comes in chunks.

    Raises RequestEntityTooLarge, and ClientDisconnected for a body that is not complete.
    """
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.get_data()
    # Werkzeug treats a body without a length as empty.
    try:
        body: bytes = request.environ["wsgi.input"].read(MAX_MESSAGE_BYTES + 1)
    except (OSError, ValueError):
        raise ClientDisconnected from None
    if len(body) > MAX_MESSAGE_BYTES:
        request.environ[END_KEY]()  # the rest has any length
        raise RequestEntityTooLarge
    return body


def _bearer_token() -> str | None:
    """Return the bearer token; empty for a header of another form, None without one."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
