"""How the two players of the demo meet, with a client that the test scripts."""

import pytest

from client import Refused
from tools.demo import players
from tools.demo.players import Player, meet_by_search
from tools.errors import ToolError


class ScriptedClient:
    """Returns the answers and events of the test; `asked` has the calls in order."""

    def __init__(self, answers=(), events=()):
        self.answers = {method: list(each) for method, each in dict(answers).items()}
        self.events = {event: list(each) for event, each in dict(events).items()}
        self.asked: list[tuple[str, dict]] = []

    def call(self, method, **params):
        self.asked.append((method, params))
        answer = self.answers.get(method, [{}])
        answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def execute(self, session_id, command):
        return self.call("sessions.execute", session_id=session_id, command=command)

    def wait_for(self, event, where=None, timeout=None):
        if not self.events.get(event):
            raise TimeoutError(event)
        return self.events[event].pop(0)

    def methods(self):
        return [method for method, _ in self.asked]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(players, "MAX_PAUSE_SECONDS", 0.0)


def refusal(kind):
    return Refused({"code": -32004, "message": kind, "data": {"type": kind}})


def two(one, other):
    return Player(one, "ada"), Player(other, "ben")


SEARCHING = {"status": "searching"}
FOUND_ADA = {"status": "found", "opponent": "ada", "session_id": "s"}


def test_two_who_find_each_other_have_met():
    one = ScriptedClient(events={"searcher.opponent_found": [{"session_id": "s"}]})
    other = ScriptedClient({"searcher.start": [FOUND_ADA]})
    assert meet_by_search(*two(one, other)) == "s"
    assert one.asked == other.asked == [("searcher.start", {"options": {"rated": False}})]


def test_a_proposal_of_each_other_is_accepted():
    proposed = {"searcher.match_proposed": [{"proposal_id": "p"}]}
    one = ScriptedClient(events={**proposed, "searcher.opponent_found": [{"session_id": "s"}]})
    other = ScriptedClient({"searcher.start": [SEARCHING]}, proposed)
    assert meet_by_search(*two(one, other)) == "s"
    for client in (one, other):
        assert client.asked[-1] == ("searcher.accept", {"proposal_id": "p"})


def test_other_proposals_are_declined_and_searched_again():
    one = ScriptedClient(events={
        "searcher.match_proposed": [{"proposal_id": "p"}],
        "searcher.opponent_found": [{"session_id": "s"}],
    })
    other = ScriptedClient(
        {"searcher.start": [SEARCHING, FOUND_ADA]},
        {"searcher.match_proposed": [{"proposal_id": "q"}]},
    )
    assert meet_by_search(*two(one, other)) == "s"
    assert one.methods() == ["searcher.start", "searcher.stop", "searcher.start"]


def test_a_game_with_a_stranger_is_resigned():
    one = ScriptedClient(
        {"searcher.stop": [refusal("SearchNotStarted")]},
        {"searcher.opponent_found": [{"session_id": "t"}, {"session_id": "s"}]},
    )
    other = ScriptedClient({"searcher.start": [SEARCHING, FOUND_ADA]})
    assert meet_by_search(*two(one, other)) == "s"
    resignation = {"session_id": "t", "command": {"type": "resign"}}
    assert ("sessions.execute", resignation) in one.asked


def test_a_stranger_may_resign_first():
    one = ScriptedClient(
        {
            "searcher.stop": [refusal("SearchNotStarted")],
            "sessions.execute": [refusal("SessionEnded")],
        },
        {"searcher.opponent_found": [{"session_id": "t"}, {"session_id": "s"}]},
    )
    other = ScriptedClient({"searcher.start": [SEARCHING, FOUND_ADA]})
    assert meet_by_search(*two(one, other)) == "s"


def test_the_demo_gives_up_after_many_strangers():
    one, other = ScriptedClient(), ScriptedClient({"searcher.start": [SEARCHING]})
    with pytest.raises(ToolError, match="try again later"):
        meet_by_search(*two(one, other))
