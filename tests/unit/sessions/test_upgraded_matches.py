"""Who is to move after an upgrade of the rules, and who is waited for."""

from arbiter_games.dobutsu import Dobutsu
from docs.examples.pig import Pig
from tests.unit.sessions.conftest import NOW


class OtherBegins(Dobutsu):
    """Version 2, in which the second player begins."""

    version = 2

    def to_move(self, state):
        return [1 - seat for seat in super().to_move(state)]


class EverybodyIn(Pig):
    """Version 2, which does not take on who is out."""

    version = 2

    def upgrade(self, state, from_version):
        return {**state, "out": [], "turn": 1}


def test_a_first_move_is_awaited_of_who_is_to_move_then(begin):
    match = begin(clock={"initial": 60, "increment": 0}, first_move=30)
    match.change_rules(OtherBegins(), match.state, NOW + 5)
    assert match.first_move_deadlines == {"bob": NOW + 35}


def test_the_server_moves_on_for_who_has_left(service, create):
    players, registry = ("alice", "bob", "carol"), service.registry
    session_id = create("pig", players, options={"rated": False, "goal": 30})
    service.execute(session_id, "bob", {"type": "resign"}, "c")
    registry.games["pig"] = EverybodyIn()
    registry._made.clear()
    service.check_rules()
    session = service.get(session_id)
    assert (session["game_version"], session["out"]) == (2, ["bob"])
    assert session["to_move"] != ["bob"]
