"""The services, called over one RPC link."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from nameko.exceptions import IncorrectSignature, MethodNotFound, RemoteError

from extensions.errors import UNANSWERED_ERRORS, UNANSWERED_REMOTELY, StorageAway
from extensions.observability.health import ProcessHealth
from extensions.rpc.client import Cluster
from extensions.settings import Settings
from gateway.broker.service_apis import (
    AccountsApi,
    AuthApi,
    PrivateRoomsApi,
    RoomsApi,
    SearcherApi,
    SessionsApi,
)
from gateway.broker.service_types import CommandRequest, OnAnswers, PingAnswer
from gateway.protocol.errors import Unavailable
from gateway.protocol.results import Executed

_log = logging.getLogger(__name__)

# The answers of an instance of the release before to a call that it does not know.
UNKNOWN_CALLS = (MethodNotFound, IncorrectSignature)
NOT_SERVED = (*UNANSWERED_ERRORS, *UNKNOWN_CALLS, StorageAway, RemoteError)
NAMES = ("accounts", "auth", "private_rooms", "rooms", "searcher", "sessions")


class Service:
    """One service; each of its methods raises Unavailable where the call is not answered."""

    def __init__(self, name: str, proxy: Any) -> None:
        self._name, self._proxy = name, proxy

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call_or_unavailable(*args: Any, **kwargs: Any) -> Any:
            try:
                return getattr(self._proxy, method)(*args, **kwargs)
            except NOT_SERVED as error:
                raise self._refusal(method, error) from None

        return call_or_unavailable

    def submit(
        self, method: str, argument: object, on_outcome: Callable[[Any], None]
    ) -> None:
        """Call a method without waiting; `on_outcome` gets the result or the error."""

        def end(outcome: Any) -> None:
            is_refused = isinstance(outcome, NOT_SERVED)
            on_outcome(self._refusal(method, outcome) if is_refused else outcome)

        self._proxy.submit(method, (argument,), end)

    def _refusal(self, method: str, error: Exception) -> Exception:
        """Return what is raised for an error of a call: itself, or Unavailable."""
        if getattr(error, "exc_type", None) not in (None, *UNANSWERED_REMOTELY):
            return error
        _log.warning("%s.%s was not answered: %r", self._name, method, error)
        return Unavailable.of(
            f"The {self._name} service does not answer: try again in a moment",
            service=self._name,
        )


class Services:
    """All services, over one RPC link that any number of greenthreads share."""

    def __init__(self, settings: Settings) -> None:
        self._cluster = Cluster(settings, "gateway")
        self.accounts = cast(AccountsApi, self._service("accounts"))
        self.auth = cast(AuthApi, self._service("auth"))
        self.private_rooms = cast(PrivateRoomsApi, self._service("private_rooms"))
        self.rooms = cast(RoomsApi, self._service("rooms"))
        self.searcher = cast(SearcherApi, self._service("searcher"))
        self.sessions = cast(SessionsApi, self._service("sessions"))

    @property
    def health(self) -> ProcessHealth:
        """The health of this process, of which the RPC link is a part."""
        return self._cluster.health

    @property
    def are_blocked(self) -> bool:
        """Whether nobody can be called, as the broker takes no messages."""
        return self._cluster.is_blocked

    def reachable(self) -> bool:
        """Try now whether the broker can be reached, and takes messages."""
        return self._cluster.reachable()

    def start(self) -> None:
        """Connect; blocks until the broker answers."""
        self._cluster.start()

    def stop(self) -> None:
        """Close the RPC link."""
        self._cluster.stop()

    def execute_many(
        self, commands: Sequence[CommandRequest], on_answers: OnAnswers[Executed]
    ) -> None:
        """Send commands to the session service, without waiting for the answers."""
        cast(Service, self.sessions).submit("execute_many", commands, on_answers)

    def ping(self, name: str) -> PingAnswer:
        """Ask an instance of a service for its health; raises whatever the call raises."""
        return cast(PingAnswer, self._cluster[name].ping())

    def _service(self, name: str) -> Service:
        return Service(name, self._cluster[name])
