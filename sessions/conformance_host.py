"""The host in which the conformance kit of `arbiter_games` plays a game: the real session service.

It stands on a database in memory, and can be killed in the middle of a command.
"""

import copy
import math
import warnings
from random import Random
from typing import Any, Self, cast

from arbiter_games.contract import Game, State
from arbiter_games.testing.host import Crash, MoveCommand

with warnings.catch_warnings():  # eventlet's deprecation, which every author's tests would report
    warnings.simplefilter("ignore")
    from nameko.testing.services import worker_factory
    from nameko_sqlalchemy.database import DatabaseWrapper, Session
    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker
    from sqlalchemy.pool import StaticPool

    from extensions.errors import ServiceError
    from extensions.settings import Settings
    from sessions import events
    from sessions.dependencies import DowntimeCheck
    from sessions.game_registry import GameRegistry
    from sessions.models import Base
    from sessions.service import SessionsService

NOW = 1_700_000_000.0


class Killed(Exception):
    """The service has died at this point."""


class Outbox:
    """What the service announces. It stands on both sides of the commit, and can die there."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.crash: Crash | None = None

    def record(self, session: Any, messages: list[Any]) -> None:
        """Crash where this is to happen before the commit."""
        self._die_at(Crash.BEFORE_COMMIT)

    def send(self, messages: list[Any]) -> None:
        """Crash where this is to happen after the commit; else keep what is sent."""
        self._die_at(Crash.AFTER_COMMIT)
        self.sent += messages

    def connected_seconds(self) -> float:
        """Return for how long the broker has been there: for ever."""
        return math.inf

    def _die_at(self, point: Crash) -> None:
        if self.crash is point:
            raise Killed


class FixedSetup:
    """A game whose sessions all begin with one state."""

    def __init__(self, game: Game, state: State) -> None:
        self._game = game
        self._state = state

    def setup(self, players: int, options: dict[str, Any], rng: Random) -> State:
        """Set the game up, and return the fixed state instead."""
        self._game.setup(players, options, rng)
        return copy.deepcopy(self._state)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._game, name)


class SessionHost:
    """One session in a session service; see `arbiter_games.testing.host.HostedSession`."""

    def __init__(
        self, game: Game, players: int, options: dict[str, Any], state: State
    ) -> None:
        self._game, self._state = game, state
        self._logins = [f"player{seat}" for seat in range(players)]
        self._outbox = Outbox()
        self._engine = create_engine("sqlite://", poolclass=StaticPool)
        Base.metadata.create_all(self._engine)
        self.restart()
        self._session_id = self._service.create("kit", game.name, options, self._logins)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def restart(self) -> None:
        """Start a service with nothing but what the database holds."""
        rules = FixedSetup(copy.deepcopy(self._game), self._state)
        database = DatabaseWrapper(
            sessionmaker(self._engine, expire_on_commit=False, class_=Session)
        )
        self._service = worker_factory(
            SessionsService, db=database, outbox=self._outbox, clock=lambda: NOW,
            registry=GameRegistry({self._game.name: cast(Game, rules)}), settings=Settings(),
            downtime_check=DowntimeCheck(), archive=None,
        )

    def execute(self, command: MoveCommand, crash: Crash | None = None) -> dict[str, Any] | None:
        """Return the answer; None where the service refuses the command, or dies."""
        self._outbox.crash = crash
        move = {"type": "move", "move": copy.deepcopy(command.move)}
        try:
            answer: dict[str, Any] = self._service.execute(
                self._session_id, self._logins[command.seat], move, command.command_id
            )
            return answer
        except (ServiceError, Killed):
            return None
        finally:
            self._outbox.crash = None

    def get(self, viewer: int | None) -> dict[str, Any]:
        """Return the session as a viewer sees it."""
        session: dict[str, Any] = self._service.get(self._session_id, self._login(viewer))
        return session

    def history(self, viewer: int | None, since: int = 0) -> list[dict[str, Any]]:
        """Return the events after a version as a viewer sees them."""
        shown: list[dict[str, Any]] = []
        following: int | None = since
        while following is not None:
            page = self._service.history(self._session_id, self._login(viewer), following)
            shown += page["events"]
            following = page["next"]
        return shown

    def announced(self, viewer: int | None) -> list[dict[str, Any]]:
        """Return what was announced to a viewer who was connected all the time."""
        heard = {events.everybody(self._session_id)}
        if viewer is None:
            heard.add(events.spectators(self._session_id))
        return [
            {"type": message.event, **message.params} for message in self._outbox.sent
            if message.routing_key in heard or self._login(viewer) in message.players
        ]

    def _login(self, viewer: int | None) -> str | None:
        return None if viewer is None else self._logins[viewer]
