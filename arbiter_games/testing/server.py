"""The real session service with one session, on a database in memory, which can be killed."""

import copy
import warnings
from dataclasses import dataclass
from random import Random
from typing import Any

from arbiter_games.contract import Game
from arbiter_games.testing.failure import brief
from arbiter_games.testing.line import Line

with warnings.catch_warnings():  # of eventlet, which every author's tests would trip over
    warnings.simplefilter("ignore")
    from nameko.testing.services import worker_factory
    from nameko_sqlalchemy.database import DatabaseWrapper, Session
    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker
    from sqlalchemy.pool import StaticPool

    from sessions import events
    from sessions.models import Base
    from sessions.service import SessionsService
    from sessions.settings import SessionSettings
    from sessions.storage import Arena

NOW = 1_700_000_000.0
TERMS = SessionSettings(30.0, 30.0, "auto")
SETTINGS = {"GRACE": 30.0, "GATEWAY_LEASE": 30.0, "FIRST_MOVE_DEADLINE": 30.0, "LEAVING": "auto"}


class Killed(Exception):
    """The service has died at this point."""


class Wire:
    """What the service announces; it can die on the way."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.dies_in: str | None = None

    def record(self, session: Any, notices: list[Any]) -> None:
        self._pass("record")

    def send(self, notices: list[Any]) -> None:
        self._pass("send")
        self.sent += notices

    def _pass(self, point: str) -> None:
        if self.dies_in == point:
            self.dies_in = None
            raise Killed


class Begun:
    """A game whose every session begins in one state."""

    def __init__(self, game: Game, state: Any) -> None:
        self._game = game
        self._state = state

    def setup(self, players: int, options: dict[str, Any], rng: Random) -> Any:
        self._game.setup(players, options, rng)
        return copy.deepcopy(self._state)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._game, name)


class Server:
    """The session service with one session, begun in a given state."""

    def __init__(self, game: Game, line: Line, state: Any) -> None:
        self._game, self._state = game, state
        self.logins = [f"player{seat}" for seat in line.seats]
        self.wire = Wire()
        self._engine = create_engine("sqlite://", poolclass=StaticPool)
        Base.metadata.create_all(self._engine)
        self.kill()
        self.session_id = self.service.create(
            "kit", game.name, line.options, self.logins
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self._engine.dispose()

    def kill(self) -> None:
        """Begin anew with what the database holds, and nothing else."""
        rules = Begun(copy.deepcopy(self._game), self._state)
        database = DatabaseWrapper(
            sessionmaker(self._engine, expire_on_commit=False, class_=Session)
        )
        self.service = worker_factory(
            SessionsService, config=SETTINGS, db=database, outbox=self.wire,
            arena=Arena({self._game.name: rules}, TERMS), clock=lambda: NOW,
        )

    def login(self, viewer: int | None) -> str | None:
        return None if viewer is None else self.logins[viewer]

    def execute(self, order: "Order") -> dict[str, Any]:
        return self.service.execute(
            self.session_id, self.logins[order.seat],
            {"type": "move", "move": copy.deepcopy(order.move)}, order.command_id,
        )

    def get(self, viewer: int | None) -> dict[str, Any]:
        return self.service.get(self.session_id, self.login(viewer))

    def history(self, viewer: int | None, since: int = 0) -> list[dict[str, Any]]:
        return self.service.history(self.session_id, self.login(viewer), since)["events"]

    def heard(self, viewer: int | None) -> list[dict[str, Any]]:
        """Return what was announced to a viewer who was connected all the time."""
        to_viewer = {
            events.everybody(self.session_id),
            events.spectators(self.session_id) if viewer is None
            else events.one_player(self.session_id, self.logins[viewer]),
        }
        return [
            {"type": notice.event, **notice.params} for notice in self.wire.sent
            if notice.subject in to_viewer or self.login(viewer) in notice.players
        ]


@dataclass(frozen=True)
class Order:
    """A move on its way to the service."""

    seat: int
    move: Any
    command_id: str

    def __str__(self) -> str:
        return f"{brief(self.move)} of seat {self.seat}"
