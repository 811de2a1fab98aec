"""An account accepts challenges that it can play, and declines others with a reason."""

from queue import SimpleQueue

import pytest

from arbiter_games.battleship import Battleship
from bots import account as module
from bots.account import BotAccount, Terms
from bots.process import about
from tests.arbiter_games.testing.games import Throws
from tests.arbiter_games.testing.test_determinization import Guessing
from tools.demo.client import Closed, Refused

TERMS = Terms(
    "ws://here", "computer-1", "a long password", 1, "A program.", frozenset({"dobutsu"}), 2
)


class ScriptedClient:
    """Answers calls as it is told, and gives some events before the connection ends."""

    def __init__(self, events=(), **answers):
        self.called = []
        self._events = list(events)
        self._answers = {
            "auth_login": {"refresh_token": "r", "access_token": "a"},
            "auth_register": {"refresh_token": "r"},
            "accounts_get": {"kind": "bot", "bio": "A program."},
            "sessions_list": {"items": []}, "rooms_challenges": {"items": []},
            "rooms_accept": {"session_id": "s"}, **answers,
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def call(self, method, **params):
        self.called.append((method, params))
        answer = self._answers.get(method.replace(".", "_"), {})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def next_event(self, timeout):
        if not self._events:
            raise Closed(1006)
        event = self._events.pop(0)
        if isinstance(event, Exception):
            raise event
        method, params = event
        return {"method": method, "params": params}


class SilentPlay:
    """A session that never ends; nothing is played."""

    def __init__(self, client, login, session_id, *_):
        self.session_id = session_id
        self.opponents = ["ada"]
        self.events = SimpleQueue()
        begun.append(session_id)

    def start(self):
        pass


begun = []


@pytest.fixture
def serve(monkeypatch):
    """Have an account serve one connection; return what it called."""
    begun.clear()
    monkeypatch.setattr(module, "Play", SilentPlay)

    def run(client, terms=TERMS):
        account = BotAccount(terms, None)
        monkeypatch.setattr(module, "Client", lambda url: client)
        monkeypatch.setattr(account._stopping, "wait", lambda pause: account.stop())
        account.run()
        return client.called

    return run


def challenge(number, game="dobutsu", owner="ada"):
    return {"room_id": f"r{number}", "game": game, "owner": owner, "status": "open"}


def told(number, **room):
    return "room.challenged", {"room": challenge(number, **room)}


def refused(kind):
    return Refused({"code": 1, "message": kind, "data": {"type": kind}})


def test_a_challenge_is_accepted_and_played(serve):
    assert ("rooms.accept", {"room_id": "r1"}) in serve(ScriptedClient([told(1)]))
    assert begun == ["s"]


def test_an_unknown_game_is_declined(serve):
    called = serve(ScriptedClient([told(1, game="go")]))
    assert called[-1] == ("rooms.decline", {"room_id": "r1", "reason": "game"})


def test_a_busy_account_declines(serve):
    created = [("session.created", {"session_id": name}) for name in "st"]
    called = serve(ScriptedClient([*created, told(1, owner="ben")]))
    assert called[-1] == ("rooms.decline", {"room_id": "r1", "reason": "busy"})


def test_one_player_gets_few_games_at_once(serve):
    created = [("session.created", {"session_id": name}) for name in "stu"]
    terms = Terms(**{**vars(TERMS), "max_plays": 10})
    called = serve(ScriptedClient([*created, told(1), told(2, owner="ben")]), terms)
    assert called[-2] == ("rooms.decline", {"room_id": "r1", "reason": "busy"})
    assert called[-1] == ("rooms.accept", {"room_id": "r2"})


def test_a_challenge_that_is_gone_is_passed_over(serve):
    client = ScriptedClient([told(1), told(2)], rooms_accept=refused("RoomClosed"))
    assert [method for method, _ in serve(client)].count("rooms.accept") == 2


def test_a_new_account_becomes_a_bots(serve):
    called = serve(ScriptedClient(
        auth_login=refused("InvalidCredentials"), accounts_get={"kind": "player", "bio": ""},
    ))
    methods = [method for method, _ in called]
    assert methods.index("auth.register") < methods.index("accounts.become_bot")
    assert ("accounts.update", {"display_name": "Computer, level 1", "bio": "A program."}) in called


def test_an_account_says_which_games_it_plays_at_random():
    assert about(3, {"throws": Throws(), "guessing": Guessing(), "battleship": Battleship()}) == (
        "A program, level 3 of 5. At random: Throws."
    )


def test_sessions_and_challenges_of_before_are_taken_up(serve):
    called = serve(ScriptedClient(
        sessions_list={"items": [{"session_id": "old"}]},
        rooms_challenges={"items": [challenge(1), challenge(2, owner="computer-1")]},
    ))
    assert begun == ["old", "s"]
    assert [params for method, params in called if method == "rooms.accept"] == [{"room_id": "r1"}]


def test_lost_notifications_are_made_up_for(serve, monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0)
    client = ScriptedClient([("room.other", {}), TimeoutError()])
    listed = [method for method, _ in serve(client)].count("rooms.challenges")
    assert listed == 3


def test_a_token_is_renewed_before_it_expires(serve):
    called = serve(ScriptedClient(
        [("auth.expiring", {})], auth_refresh={"refresh_token": "r2", "access_token": "a2"}
    ))
    assert called[-2:] == [
        ("auth.refresh", {"refresh_token": "r"}), ("auth.authenticate", {"access_token": "a2"})
    ]


def test_a_rematch_is_played(serve):
    asked = ("session.rematch_asked", {"session_id": "s", "login": "ada"})
    withdrawn = ("session.rematch_asked", {"session_id": "s", "login": None})
    called = serve(ScriptedClient([asked, withdrawn]))
    assert [each for each in called if each[0] == "sessions.rematch"] == [
        ("sessions.rematch", {"session_id": "s"})
    ]
