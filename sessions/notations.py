"""Moves as people write them, beside the events of a history that has been asked for them."""


from arbiter_games.contract import State
from sessions.events import RULES_CHANGED
from sessions.match import ENDED, Match, SessionEvent
from sessions.schemas import EventView


class Notations:
    """Writes the moves of stored events, which it is given one after the other.

    `state` is the position before the first of them. Where it is None, as after a change of the
    rules, the next move has no notation; nor has any of a game with secrets that is under way.
    """

    def __init__(self, match: Match, state: State) -> None:
        self._match, self._state = match, state
        self._sealed = match.game.secrets and match.status != ENDED

    def add(self, event: SessionEvent, view: EventView) -> None:
        """Add the notation to the view of an event that is a move."""
        command, before = event.data.get("command"), self._state
        if event.type == RULES_CHANGED:
            self._state = None
        else:
            self._state = event.data.get("state", before)
        if command is None or before is None or self._sealed:
            return
        seat = self._match.players.index(command["login"])
        game = self._match.at(event.version).game
        notation = game.notation(before, seat, command["move"])
        if notation is not None:
            view["notation"] = notation
