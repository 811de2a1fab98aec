"""The two kinds of clients: by WebSocket and by HTTP."""

from collections.abc import Callable

from auth.exceptions import InvalidToken
from gateway.broker.service_apis import AuthApi
from gateway.connection.connection import Connection
from gateway.methods.call import HandlerCall
from gateway.protocol.rate_limits import Limits
from gateway.protocol.registry import Method


class SocketClient:
    """A client on a connection, which is the player's to whom the connection belongs."""

    def __init__(
        self, connection: Connection, limits: Limits, make_call: Callable[..., HandlerCall]
    ) -> None:
        self._connection, self._limits, self._make_call = connection, limits, make_call
        self.connection_id = connection.id

    @property
    def login(self) -> str | None:
        """The player to whom the connection belongs."""
        return self._connection.login

    def call(self, method: Method, arrived: float) -> HandlerCall:
        """Count a request of the connection; raises RateLimited."""
        connection, identity = self._connection, self._connection.identity
        self._limits.count_request(connection.id)
        return self._make_call(
            address=connection.address, connection_id=connection.id, connection=connection,
            login=identity.login, family=identity.family, fingerprint=identity.fingerprint,
            guest=identity.is_guest,
            arrived=arrived,
        )


class HttpClient:
    """A client of one request by HTTP, which is the player's whom its access token names."""

    connection_id = None

    def __init__(
        self, address: str, token: str | None, auth: AuthApi, limits: Limits,
        make_call: Callable[..., HandlerCall],
    ) -> None:
        """Take the bearer token; it is empty where the header has another form."""
        self._address, self._token = address, token
        self._auth, self._limits, self._make_call = auth, limits, make_call
        self.login: str | None = None

    def call(self, method: Method, arrived: float) -> HandlerCall:
        """Authenticate and count a request; raises InvalidToken, Unavailable and RateLimited."""
        call = self._make_call(address=self._address, arrived=arrived)
        if self._token is not None and not method.ignores_token:
            self._authenticate(call, self._token)
        self._limits.count_request(call.login or self._address)
        return call

    def _authenticate(self, call: HandlerCall, token: str) -> None:
        if not token:
            raise InvalidToken(
                "The Authorization header is not of the form: Bearer <access token>"
            )
        with self._limits.token_check(self._address):
            claims = self._auth.authenticate(token)
        self.login = call.login = claims["login"]
        call.family, call.fingerprint = claims["family"], claims["fingerprint"]
        call.guest = claims["guest"]
