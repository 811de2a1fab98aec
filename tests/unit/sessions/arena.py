"""A game as small as can be, and matches of it, for tests of the arena."""

import random

from arbiter_games.contract import Game, IllegalMove, Outcome
from sessions.commands import Command, decide, expire_clock
from sessions.match import Match
from sessions.settings import SessionSettings

BEGIN = 1000.0


class Counting(Game):
    """Players say numbers in turn; "win" and "draw" end the game at once."""

    name = "counting"
    title = "Counting"

    def setup(self, players, options, rng):
        return {"turn": 0, "ply": 0, "said": None}

    def to_move(self, state):
        return [] if self.outcome(state) else [state["turn"]]

    def legal_moves(self, state, player):
        return ["1", "2", "win", "draw"] if player in self.to_move(state) else []

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("That is no number.")
        return {"turn": 1 - player, "ply": state["ply"] + 1, "said": move}

    def outcome(self, state):
        if state["said"] == "win":
            return Outcome(1 - state["turn"], "said_so")
        return Outcome(None, "agreed_so") if state["said"] == "draw" else None


class Claimable(Counting):
    """The player to move may always claim a draw."""

    def claims(self, state, player):
        return ["boredom"]


class Hopeless(Counting):
    """Bob can't win."""

    def can_win(self, state, player):
        return player == 0


class AtOnce(Counting):
    """Everybody may always move."""

    def to_move(self, state):
        return [] if self.outcome(state) else [0, 1]


def new_match(game=None, clock=None, **terms):
    """A match of alice, who moves first, and bob."""
    game = game or Counting()
    options = {"clock": clock, "rated": True}
    state = game.setup(2, options, random.Random(1))
    return Match.begin(
        "s1", game, SessionSettings(**terms), options, ["alice", "bob"], False, state, BEGIN
    )


def say(match, login, what="1", now=BEGIN, **order):
    """A player's move."""
    return command(match, login, {"type": "move", "move": what}, now, **order)


def give(match, login, kind, now=BEGIN):
    """A player's command of another type."""
    return command(match, login, {"type": kind}, now)


def command(match, login, what, now=BEGIN, **order):
    order = Command(login, what, **order)
    fallen = expire_clock(match, order, now)
    if fallen:
        return fallen
    return decide(match, order, now).events


def moved_once(match, now=BEGIN):
    """The match, once both have moved."""
    say(match, "alice", now=now)
    say(match, "bob", now=now)
    return match


def types(happened):
    return [event.type for event in happened]
