"""The session service is broken in each way, under a sound game, and the kit says what was lost."""

import pytest

from arbiter_games.testing import BrokenLaw, assert_game_conforms
from arbiter_games.testing.server import Wire
from sessions import schemas, storage
from sessions.batch import Batch
from sessions.exceptions import ServiceError
from tests.arbiter_games.testing.games import Countdown, Throws

KILL, REPEAT, REORDER, DROP = LAWS = [
    f"a session survives a {trouble}" for trouble in ("kill", "repeat", "reorder", "drop")
]


class Longer(Countdown):
    class Options(Countdown.Options):
        stones: int = 60


def broken(game):
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(game, examples=2)
    return caught.value


class Forgetful(Longer):
    """Has to be told of a game before it can play it: after a restart it has not been."""

    begun = False

    def setup(self, *arguments):
        self.begun = True
        return super().setup(*arguments)

    def apply(self, state, player, move):
        if not self.begun:
            raise RuntimeError("What game?")
        return super().apply(state, player, move)


def test_a_game_that_remembers_does_not_survive_a_kill():
    found = broken(Forgetful())
    assert found.law == KILL
    assert "RuntimeError('What game?')" in found.evidence


def test_an_answer_before_the_commit_does_not_survive_a_kill(monkeypatch):
    send = Wire.send
    monkeypatch.setattr(Wire, "record", lambda self, session, notices: send(self, notices))
    monkeypatch.setattr(Wire, "send", lambda self, notices: None)
    assert broken(Longer()).law == KILL


def test_a_command_that_counts_twice_does_not_survive_a_repeat(monkeypatch):
    monkeypatch.setattr(storage, "answered", lambda *_: {})
    monkeypatch.setattr(storage, "remember", lambda *_: None)
    assert broken(Longer()).law == REPEAT


def test_a_refusal_that_is_kept_does_not_survive_a_reorder(monkeypatch):
    answer, refused = Batch.answer, {}

    def answer_once(self, command):
        key = (command["session_id"], command["command_id"])
        if key not in refused:
            decided = answer(self, command)
            if not isinstance(decided, ServiceError):
                return decided
            refused[key] = decided
        return refused[key]

    monkeypatch.setattr(Batch, "answer", answer_once)
    found = broken(Longer())
    assert found.law == REORDER
    assert "was refused, which the rules accept" in found.evidence


def test_a_history_with_gaps_does_not_survive_a_drop(monkeypatch):
    events_since = storage.events_since
    monkeypatch.setattr(
        storage, "events_since", lambda *arguments: events_since(*arguments)[:-1]
    )
    assert broken(Longer()).law == DROP


def test_a_history_that_says_something_else_does_not_survive_a_drop(monkeypatch):
    event = schemas.event
    monkeypatch.setattr(
        schemas, "event", lambda *arguments: {**event(*arguments), "at": "once upon a time"}
    )
    found = broken(Longer())
    assert found.law == DROP
    assert "once upon a time" in found.evidence


def test_an_event_that_tells_a_secret_is_found(monkeypatch):
    for_each = schemas._for_each

    def tell_all(match, event, common):
        told = for_each(match, event, common)
        for notice in told:
            notice.params["command"] = event.data["command"]
        return told

    monkeypatch.setattr(schemas, "_for_each", tell_all)
    found = broken(Throws())
    assert found.law == "nobody is shown a secret"
    assert "by what the service sends: ['heard']" in found.evidence


def test_a_history_that_tells_a_secret_is_found(monkeypatch):
    event = schemas.event
    monkeypatch.setattr(
        schemas, "event", lambda match, stored, viewer: {
            **event(match, stored, viewer), "state": stored.data.get("state")
        },
    )
    found = broken(Throws())
    assert "by what the service sends: ['history']" in found.evidence
