"""A server is broken in each way, under a sound game, and the kit names what was lost."""

import pytest

from arbiter_games.testing import BrokenLaw, LawsNotChecked, assert_game_conforms, conformance
from arbiter_games.testing.host import Crash
from arbiter_games.testing.session_laws import DROP, KILL, REORDER, REPEAT
from tests.arbiter_games.testing.games import Countdown, Throws
from tests.arbiter_games.testing.memory_host import MemoryHost


class Longer(Countdown):
    class Options(Countdown.Options):
        stones: int = 60


@pytest.fixture
def broken(monkeypatch):
    """Return a function that plays a game inside a host, and returns the law found broken."""

    def play(host, game=None):
        monkeypatch.setattr(conformance, "installed_hosts", lambda: [host])
        with pytest.raises(BrokenLaw) as caught:
            assert_game_conforms(game or Longer(), examples=2)
        return caught.value

    return play


class Remembering(Longer):
    """Keeps in the instance that a game was set up: a server that starts anew does not know it."""

    ready = False

    def setup(self, *arguments):
        self.ready = True
        return super().setup(*arguments)

    def apply(self, state, player, move):
        if not self.ready:
            raise RuntimeError("What game?")
        return super().apply(state, player, move)


def test_a_game_that_remembers_does_not_survive_a_kill(broken):
    found = broken(MemoryHost, Remembering())
    assert found.law == KILL
    assert "RuntimeError('What game?')" in found.evidence


class AnsweringBeforeTheCommit(MemoryHost):
    def execute(self, command, crash=None):
        lost = crash is Crash.AFTER_COMMIT
        return super().execute(command, Crash.BEFORE_COMMIT if lost else crash)


class ForgettingCommandIds(MemoryHost):
    def commit(self, command, state):
        super().commit(command, state)
        self.answers.clear()


class KeepingRefusals(MemoryHost):
    def execute(self, command, crash=None):
        answer = super().execute(command, crash)
        if crash is None:
            self.answers.setdefault(command.command_id, answer)
        return answer


class LosingTheLastEvent(MemoryHost):
    def history(self, viewer, since=0):
        return super().history(viewer, since)[:-1]


class TellingAnotherHistory(MemoryHost):
    def history(self, viewer, since=0):
        return [{**event, "move": "another"} for event in super().history(viewer, since)]


@pytest.mark.parametrize(
    ("host", "law", "evidence"),
    [
        (AnsweringBeforeTheCommit, KILL, "is shown another state"),
        (ForgettingCommandIds, REPEAT, "and the second time"),
        (KeepingRefusals, REORDER, "was refused, which the rules accept"),
        (LosingTheLastEvent, DROP, "can catch up with"),
        (TellingAnotherHistory, DROP, "reads another: ['move']: "),
    ],
)
def test_the_law_that_a_server_breaks_is_named(broken, host, law, evidence):
    found = broken(host)
    assert found.law == law
    assert evidence in found.evidence


class TellingMoves(MemoryHost):
    def announced(self, viewer):
        return [{**super(TellingMoves, self).shown(viewer, each), "move": each[0].move}
                for each in self.sent]


class TellingStates(MemoryHost):
    def history(self, viewer, since=0):
        return [{"version": version, "state": state}
                for version, (_, state) in enumerate(self.events[since:], since + 1)]


@pytest.mark.parametrize(
    ("host", "where"), [(TellingMoves, "announced"), (TellingStates, "history")]
)
def test_a_secret_that_a_server_tells_is_found(broken, host, where):
    found = broken(host, Throws())
    assert found.law == "nobody is shown a secret"
    assert f"by what the server sends: ['{where}']" in found.evidence


@pytest.mark.parametrize(("game", "unchecked"), [(Countdown, 4), (Throws, 5)])
def test_without_a_server_a_warning_names_unchecked_laws(monkeypatch, game, unchecked):
    monkeypatch.setattr(conformance, "installed_hosts", list)
    with pytest.warns(LawsNotChecked) as warned:
        assert_game_conforms(game(), examples=1)
    _, _, laws = str(warned.pop().message).partition(": ")
    assert len(laws.split("; ")) == unchecked
    assert warned.list == [] and KILL in laws
