"""Combines calls of many connections into few, separately for each method."""

from collections.abc import Callable, Sequence

from extensions.observability import tracing
from gateway.broker.command_batcher import CommandBatcher
from gateway.broker.request_batcher import RequestBatcher, in_greenthread
from gateway.broker.service_apis import AuthApi, SessionsApi
from gateway.broker.service_types import (
    Answered,
    CommandRequest,
    ConnectRequest,
    KnownLogin,
    LoginState,
    OnAnswers,
    TokenClaims,
)
from gateway.protocol.results import Connected, Executed


class BatchedCalls:
    """Players' commands; and what all ask who come back after a gateway's death or a restart."""

    def __init__(
        self, auth: AuthApi, sessions: SessionsApi,
        execute_many: Callable[[Sequence[CommandRequest], OnAnswers[Executed]], None],
        rpc_timeout: float,
    ) -> None:
        """Take the services, and what has commands executed without waiting."""
        self.commands = CommandBatcher(execute_many, rpc_timeout)
        self._connects: RequestBatcher[ConnectRequest, Connected] = RequestBatcher(
            "sessions", in_greenthread(sessions.connect_many), rpc_timeout
        )
        self._tokens: RequestBatcher[str, TokenClaims] = RequestBatcher(
            "auth", in_greenthread(auth.authenticate_many), rpc_timeout
        )
        self._auth = auth
        self._login_states: RequestBatcher[KnownLogin, LoginState] = RequestBatcher(
            "auth", in_greenthread(self._ask_states), rpc_timeout
        )

    def connect(self, request: ConnectRequest) -> Connected:
        """Connect a connection to a session; raises SessionNotFound and Unavailable."""
        with tracing.call("sessions", "connect"):
            return self._connects.call({**request, "traceparent": tracing.traceparent()})

    def authenticate(self, access_token: str) -> TokenClaims:
        """Tell whom a token names; raises InvalidToken and Unavailable."""
        with tracing.call("auth", "authenticate"):
            return self._tokens.call(access_token)

    def login_state(self, claims: TokenClaims) -> LoginState:
        """Return how the login of a token that was valid stands; raises Unavailable."""
        return self._login_states.call((claims["login"], claims["family"], claims["fingerprint"]))

    def _ask_states(self, logins: Sequence[KnownLogin]) -> Sequence[Answered[LoginState]]:
        return [{"result": state} for state in self._auth.login_states(logins)]
