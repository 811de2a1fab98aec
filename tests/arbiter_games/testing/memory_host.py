"""A server in memory, in which the kit plays a game, for tests to break in every way."""

import copy
import random

from arbiter_games.contract import IllegalMove
from arbiter_games.testing.host import Crash


class MemoryHost:
    """One session. All attributes but `rules` and `sent` count as stored, and survive `restart`."""

    def __init__(self, game, players, options, state):
        self.game, self.state = game, copy.deepcopy(state)
        self.events, self.answers, self.sent = [], {}, []
        self.restart()
        self.rules.setup(players, options, random.Random(0))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def restart(self):
        self.rules = copy.deepcopy(self.game)

    def execute(self, command, crash=None):
        if command.command_id in self.answers:
            return self.answers[command.command_id]
        try:
            state = self.rules.apply(self.state, command.seat, command.move)
        except IllegalMove:
            return None
        if crash is Crash.BEFORE_COMMIT:
            return None
        self.commit(command, state)
        if crash is Crash.AFTER_COMMIT:
            return None
        self.sent.append(self.events[-1])
        return self.answers.get(command.command_id) or {"version": len(self.events)}

    def commit(self, command, state):
        self.state = state
        self.events.append((command, state))
        self.answers[command.command_id] = {"version": len(self.events)}

    def get(self, viewer):
        over = self.rules.outcome(self.state)
        view = self.rules.reveal(self.state) if over else self.rules.view(self.state, viewer)
        return {"state": view, "version": len(self.events)}

    def history(self, viewer, since=0):
        return [self.shown(viewer, each) for each in self.events[since:]]

    def announced(self, viewer):
        return [self.shown(viewer, each) for each in self.sent]

    def shown(self, viewer, event):
        command, state = event
        return {
            "version": self.events.index(event) + 1, "state": self.rules.view(state, viewer),
            "move": self.rules.shown_move(command.move, command.seat, viewer, state),
        }
