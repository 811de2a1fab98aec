"""Decides the commands of one batch: each by itself, on the matches that they have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from extensions import request_id
from extensions.errors import ServiceError
from sessions import commands, flags
from sessions.changes import Change
from sessions.commands import Command
from sessions.exceptions import GameFailed, NotAPlayer, SessionNotFound
from sessions.match import Match, SessionEvent
from sessions.schemas import CommandRequest, CommandResult
from sessions.takebacks import Earlier

# A session, a login and a command id.
CommandKey: TypeAlias = tuple[str, str, str]


@dataclass
class CommandBatch:
    """The matches that commands are for, and what the commands do to them.

    `answered` has the version of each command that was decided before; those that are decided now
    are added to it, and to `newly_answered`. `earlier` has positions that are needed to decide
    takebacks, by session.
    """

    matches: Mapping[str, Match]
    answered: dict[CommandKey, int]
    now: float
    changes: list[Change] = field(default_factory=list)
    newly_answered: dict[CommandKey, int] = field(default_factory=dict)
    earlier: Mapping[str, Earlier] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for session_id, position in self.earlier.items():
            if session_id in self.matches:
                self.matches[session_id].earlier = position

    def answer(self, request: CommandRequest) -> CommandResult | ServiceError:
        """Decide a command; return its result, or the error that it is refused with.

        Raises GameFailed or EarlierNeeded, and then nothing of the batch may be stored.
        """
        try:
            with request_id.scope(request.get("request_id") or request_id.current()):
                version = self._version(request)
        except GameFailed:
            raise  # the match may be half changed, and is in other commands' hands
        except ServiceError as refusal:
            return refusal
        return {"version": version, "command_id": request["command_id"]}

    def _version(self, request: CommandRequest) -> int:
        login, session_id = request["login"], request["session_id"]
        match = self.matches.get(session_id)
        if match is None:
            raise SessionNotFound.of(f"There is no session {session_id}", session_id=session_id)
        if login not in match.players:
            raise NotAPlayer.of(
                f"{login} is no player of the session {session_id}", session_id=session_id
            )
        key = command_key(request)
        if key not in self.answered:
            version = self._decide(match, _command(match, request, self.now))
            self.answered[key] = self.newly_answered[key] = version
        return self.answered[key]

    def _decide(self, match: Match, command: Command) -> int:
        late = flags.expire_own(match, command.login, command.clocks, self.now)
        self._add(match, late)
        decision = commands.decide(match, command, self.now)
        self._add(match, decision.events)
        return decision.version

    def _add(self, match: Match, happened: list[SessionEvent]) -> None:
        if happened:
            self.changes.append(Change.of(match, happened))


def command_key(request: CommandRequest) -> CommandKey:
    """Return what a command is known by when it is sent again."""
    return request["session_id"], request["login"], request["command_id"]


def _command(match: Match, request: CommandRequest, now: float) -> Command:
    return Command.timed(
        match, now, request["login"], request["command"], request.get("version"),
        request.get("arrived"), request.get("round_trip") or 0.0,
    )
