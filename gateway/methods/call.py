"""What a handler is given: the call, with all that handlers work with."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from gateway.broker.command_batcher import CommandBatcher
from gateway.broker.games import Games
from gateway.broker.services import Services
from gateway.broker.turns import Turns
from gateway.connection.connection import Connection
from gateway.methods.registration import Registration
from gateway.protocol import errors, registry
from gateway.protocol.rate_limits import Limits


@dataclass(kw_only=True)
class HandlerCall(registry.Call):
    """A request on its way to its handler; `connection` is None where it came by HTTP."""

    services: Services
    games: Games
    commands: CommandBatcher
    limits: Limits
    registration: Registration
    turns: Turns
    connection: Connection | None = None

    def turn(self, method: str) -> AbstractContextManager[None]:
        """Wait for a turn to call a method, given by its name or only by that of its service."""
        return self.turns.turn(method, self.address)

    @property
    def player(self) -> str:
        """The login of the player who calls, in methods that need one."""
        if self.login is None:
            raise errors.Unauthenticated("This method needs a player")
        return self.login

    @property
    def socket(self) -> Connection:
        """The connection, in methods that are available on the WebSocket only."""
        if self.connection is None:
            raise errors.MethodNotFound("This method is available on the WebSocket only")
        return self.connection

    @property
    def round_trip(self) -> float:
        """Seconds to the client and back; 0 where they have not been measured."""
        return self.connection.round_trip if self.connection else 0.0
