"""A session is played to its end: moves, offers, missed events, engines that fail."""

import pytest

from bots import play as module
from bots.engines.move_choice import Chosen
from bots.play import Play
from bots.thinkers import Undecided
from client import Closed, Refused

SESSION = {
    "game": "any", "options": {"clock": None}, "players": ["ada", "bot"], "version": 1,
    "state": "first", "legal": [], "result": None, "clocks": None, "claims": [],
    "draw_offered_by": None, "takeback_offered_by": None,
}
AGREED = {"session_id": "s", "players": ["ada", "bot"], "options": {"clock": None}}


class Server:
    """Answers a play's calls; `on_execute` returns what comes of each command, as events."""

    def __init__(self, *on_execute, **session):
        self.session = {**SESSION, **session}
        self.executed = []
        self.connects = 0
        self.play = None
        self.refusal = "StaleVersion"
        self._on_execute = list(on_execute)

    def call(self, method, **params):
        if method == "sessions.connect":
            self.connects += 1
            history = [{"type": "other", "version": number + 1}
                       for number in range(self.session["version"])]
            return {"session": {**self.session}, "events": history, "next": None}
        if method == "sessions.execute":
            self.executed.append(params["command"])
            events = self._on_execute.pop(0)
            for event in events:
                self.play.events.put(event)
            if events and events[0]["params"].get("command", {}).get("login") == "ada":
                raise Refused({"code": 1, "message": "late", "data": {"type": self.refusal}})
            return {"version": (params.get("version") or 0) + 1}
        return {"state": "first"} if method == "sessions.initial_state" else {**self.session}


class Picking:
    """Chooses the last of the legal moves."""

    def choose(self, task):
        return Chosen(task.seen.legal[-1], "picking")


class Failing:
    def choose(self, task):
        raise Undecided("it fails")


def run(server, *events, thinkers=None, **agreed):
    """Play what the server has, given these events; return the commands that were given."""
    server.play = Play(server, "bot", AGREED | agreed, 1, thinkers or Picking(), lambda: None)
    for event in events:
        server.play.events.put(event)
    server.play.run()
    return server.executed


def told(method, **params):
    return {"method": method, "params": params}


def changed(version, login, legal=()):
    command = {"login": login, "type": "move", "move": "m"}
    return told(
        "session.state_changed", version=version, command=command, state=version,
        legal=list(legal), to_move=[], clocks=None, draw_offered_by=None,
    )


def left(version, login, legal=()):
    return told(
        "session.player_left", version=version, login=login, state=version, legal=list(legal),
        to_move=[], clocks=None,
    )


def ended(version):
    return told("session.ended", version=version, result={"winner": "ada"})


def move(text):
    return {"type": "move", "move": text}


def test_each_turn_gets_one_move():
    server = Server([changed(3, "bot"), changed(4, "ada", ["z"])], [changed(5, "bot"), ended(6)])
    assert run(server, changed(2, "ada", ["x", "y"])) == [move("y"), move("z")]


def test_a_move_that_was_overtaken_is_chosen_anew():
    server = Server([changed(2, "ada", ["y"])], [changed(3, "bot"), ended(4)], legal=["x"])
    assert run(server) == [move("x"), move("y")]


@pytest.mark.parametrize(("offer", "reply"), [
    ("session.draw_offered", "decline_draw"), ("session.takeback_offered", "accept_takeback"),
])
def test_an_offer_is_answered(offer, reply):
    server = Server([ended(3)])
    assert run(server, told(offer, version=2, login="ada")) == [{"type": reply}]


@pytest.mark.parametrize(("shown", "reply"), [
    ("draw_offered_by", "decline_draw"), ("takeback_offered_by", "accept_takeback"),
])
def test_an_offer_that_stands_on_connecting_is_answered(shown, reply):
    server = Server([ended(2)], **{shown: "ada"}, legal=["x"])
    assert run(server) == [{"type": reply}]


def test_a_bots_own_offer_is_not_answered():
    server = Server([changed(2, "bot"), ended(3)], takeback_offered_by="bot", legal=["x"])
    assert run(server) == [move("x")]


def test_a_takeback_that_cannot_be_made_ends_nothing():
    server = Server([changed(3, "ada", ["y"])], [changed(4, "bot"), ended(5)])
    server.refusal = "CannotTakeBack"
    assert run(server, told("session.takeback_offered", version=2, login="ada"))[1:] == [move("y")]


def test_takeback_offered_while_a_bot_thinks_is_accepted():
    class Asked(Picking):
        def choose(self, task):
            server.play.events.put(told("session.takeback_offered", version=2, login="ada"))
            return super().choose(task)

    server = Server([ended(3)], legal=["x"])
    assert run(server, thinkers=Asked()) == [{"type": "accept_takeback"}]


def test_a_missed_event_is_fetched_by_connecting_again():
    server = Server()
    run(server, changed(2, "ada"), changed(4, "ada"), ended(2))
    assert server.connects == 2


def test_without_an_engine_a_move_is_drawn_by_lot():
    server = Server([changed(2, "bot"), ended(3)], legal=["x"])
    assert run(server, thinkers=Failing()) == [move("x")]


def test_a_victory_that_an_opponent_leaves_is_claimed(monkeypatch):
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.01)
    server = Server([ended(2)], claims=["claim_victory"])
    assert run(server) == [{"type": "claim_victory"}]


@pytest.mark.parametrize(("players", "resigns"), [
    (["ada", "computer-1", "bot"], True), (["ada", "eve", "bot"], False),
])
def test_a_bot_resigns_once_all_people_have_left(players, resigns):
    server = Server([left(3, "bot"), ended(4)], players=players)
    told = [left(2, "ada", ["x"]), *([] if resigns else [ended(3)])]
    assert run(server, *told, players=players) == [{"type": "resign"}] * resigns


@pytest.mark.parametrize("error", [Closed(1006), TimeoutError()])
def test_a_lost_connection_ends_the_play_and_is_told(error):
    class Lost(Server):
        dropped = False

        def call(self, method, **params):
            raise error

        def drop(self):
            self.dropped = True

    server, over = Lost(), []
    Play(server, "bot", AGREED, 1, Picking(), lambda: over.append(True)).run()
    assert over == [True]
    assert server.dropped == isinstance(error, TimeoutError)
