"""What has happened in a session, ready to be stored and announced."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from extensions.outbox.message import OutboxMessage
from sessions import messages
from sessions.exceptions import GAME_ERRORS
from sessions.match import Match, SessionEvent

Arguments = ParamSpec("Arguments")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """A match in its latest state, the events that led to it, and the messages for them."""

    match: Match
    events: list[SessionEvent]
    messages: list[OutboxMessage]

    @classmethod
    def of(cls, match: Match, happened: list[SessionEvent]) -> "Change":
        """Return the change that these events are."""
        return cls(match, happened, messages.of_events(match, happened))


def attempt(
    match: Match, decide: Callable[Concatenate[Match, Arguments], list[SessionEvent]],
    *arguments: Arguments.args, **named: Arguments.kwargs,
) -> Change | None:
    """Return the change that a decision on a match is; None if the game fails, which is logged.

    So a fault in one game touches no session of another.
    """
    try:
        return Change.of(match, decide(match, *arguments, **named))
    except GAME_ERRORS as refusal:
        _log.warning("The session %s could not be decided: %s", match.session_id, refusal)
    except Exception:  # a game may raise anything
        _log.exception("The session %s could not be decided", match.session_id)
    return None
