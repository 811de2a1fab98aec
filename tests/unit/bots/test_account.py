"""An account accepts challenges that it can play, and declines others with a reason."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from arbiter_games.battleship import Battleship
from bots import account as module
from bots.account import BotAccount
from bots.entry import Terms
from bots.play import Play
from bots.process import about
from client import Closed, Refused
from tests.arbiter_games.testing.games import Throws
from tests.arbiter_games.testing.test_determinization import Guessing

TERMS = Terms(
    "ws://here", "computer-1", "a long password", 1, "A program.", frozenset({"dobutsu"}), 2
)
ROOMY = replace(TERMS, max_plays=10)
GAME = {"players": ["ada", "computer-1"], "options": {"clock": None}}
DAYS = {"clock": {"days": 1, "vacation": 0}}


def page(*items, next=None):
    """Return a page of a list."""
    return {"items": items, "next": next}


class ScriptedClient:
    """Answers calls as it is told, and gives some events before the connection ends.

    An iterator has one answer after another.
    """

    def __init__(self, events=(), **answers):
        self.called = []
        self._events = list(events)
        self._answers = {
            "auth_login": {"refresh_token": "r", "access_token": "a"},
            "auth_register": {"refresh_token": "r"},
            "accounts_get": {"kind": "bot", "bio": "A program."},
            "sessions_list": page(), "rooms_challenges": page(),
            "rooms_accept": {**GAME, "session_id": "s"}, "sessions_get": GAME, **answers,
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
        return next(answer) if isinstance(answer, Iterator) else answer

    def next_event(self, timeout):
        if not self._events:
            raise Closed(1006)
        event = self._events.pop(0)
        if isinstance(event, Exception):
            raise event
        method, params = event
        return {"method": method, "params": params}


class SilentPlay(Play):
    """A session that never ends; nothing is played."""

    def start(self):
        started.append(self._session_id)


started = []


@pytest.fixture
def serve(monkeypatch):
    """Have an account serve one connection; return what it called."""
    started.clear()
    monkeypatch.setattr(module, "Play", SilentPlay)

    def run(client, terms=TERMS):
        account = BotAccount(terms, None)
        monkeypatch.setattr(module, "Client", lambda url: client)
        monkeypatch.setattr(account._stopping, "wait", lambda pause: account.stop())
        account.run()
        return client.called

    return run


def challenge(number, game="dobutsu", owner="ada", options=GAME["options"], others=()):
    return {
        "room_id": f"r{number}", "game": game, "owner": owner, "status": "open", "options": options,
        "players": [owner, *others],
    }


def created(names, **about):
    """Return what tells of so many new sessions."""
    return [
        ("session.created", {"session_id": name, "session": {**GAME, "session_id": name, **about}})
        for name in names
    ]


def told(number, **room):
    return "room.challenged", {"room": challenge(number, **room)}


def refused(kind):
    return Refused({"code": 1, "message": kind, "data": {"type": kind}})


def test_a_challenge_is_accepted_and_played(serve):
    assert ("rooms.accept", {"room_id": "r1"}) in serve(ScriptedClient([told(1)]))
    assert started == ["s"]


def test_an_unknown_game_is_declined(serve):
    called = serve(ScriptedClient([told(1, game="go")]))
    assert called[-1] == ("rooms.decline", {"room_id": "r1", "reason": "game"})


def test_a_busy_account_declines(serve):
    called = serve(ScriptedClient([*created("st"), told(1, owner="ben")]))
    assert called[-1] == ("rooms.decline", {"room_id": "r1", "reason": "busy"})


def test_one_player_gets_few_games_at_once(serve):
    called = serve(ScriptedClient([*created("stu"), told(1), told(2, owner="ben")]), ROOMY)
    assert called[-2] == ("rooms.decline", {"room_id": "r1", "reason": "busy"})
    assert called[-1] == ("rooms.accept", {"room_id": "r2"})


def test_games_with_days_are_counted_apart(serve, monkeypatch):
    monkeypatch.setattr(module, "MAX_DAYS_PLAYS", 3)
    slow = created("stu", options=DAYS)
    called = serve(ScriptedClient([*slow, told(1), told(2, owner="ben", options=DAYS)]))
    assert called[-2] == ("rooms.accept", {"room_id": "r1"})
    assert called[-1] == ("rooms.decline", {"room_id": "r2", "reason": "busy"})


def test_a_game_that_has_just_been_accepted_counts(serve):
    accepted = ({**GAME, "session_id": name} for name in "abc")
    client = ScriptedClient([told(number) for number in range(4)], rooms_accept=accepted)
    assert serve(client, ROOMY)[-1] == ("rooms.decline", {"room_id": "r3", "reason": "busy"})


WAITING = {**challenge(0, others=["computer-1"]), "session_id": None}


@pytest.mark.parametrize("found", [False, True])
def test_a_challenge_that_others_have_yet_to_accept_counts(serve, found):
    waiting = [{**WAITING, "room_id": f"r{number}"} for number in range(3)]
    if found:
        client = ScriptedClient([told(4)], rooms_challenges=page(*waiting))
    else:
        client = ScriptedClient(
            [told(0), told(1), told(2), told(4)], rooms_accept=iter(waiting),
        )
    called = serve(client, ROOMY)
    assert [method for method, _ in called].count("rooms.accept") == (0 if found else 3)
    assert called[-1] == ("rooms.decline", {"room_id": "r4", "reason": "busy"})


@pytest.mark.parametrize("end", ["closed", "declined"])
def test_a_challenge_that_others_decline_counts_no_more(serve, end):
    waiting = [{**WAITING, "room_id": f"r{number}"} for number in range(3)]
    ended = (f"room.{end}", {"room": {**waiting[1], "status": "closed"}})
    client = ScriptedClient([ended, told(4)], rooms_challenges=page(*waiting))
    assert serve(client, ROOMY)[-1] == ("rooms.accept", {"room_id": "r4"})


def test_the_last_of_several_to_accept_begins_the_game(serve):
    filled = {**WAITING, "status": "filled", "session_id": "s"}
    serve(ScriptedClient([told(0), ("room.filled", {"room": filled})], rooms_accept=WAITING))
    assert started == ["s"]


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


def test_an_account_that_is_locked_out_names_the_setting(serve, caplog):
    client = ScriptedClient(
        auth_login=refused("InvalidCredentials"), auth_register=refused("LoginTaken")
    )
    assert [method for method, _ in serve(client)] == ["auth.login", "auth.register"]
    [logged] = [each for each in caplog.records if each.name == "bots.account"]
    assert logged.levelname == "ERROR" and "BOTS_PASSWORD" in logged.getMessage()


def test_an_account_says_which_games_it_plays_at_random():
    assert about(3, {"throws": Throws(), "guessing": Guessing(), "battleship": Battleship()}) == (
        "A program, level 3 of 5. At random: Throws."
    )


def test_random_games_that_have_no_room_are_counted():
    games = {f"throws{number}": Throws() for number in range(100)}
    said = about(3, games)
    assert len(said) <= 500
    assert said.endswith(f", Throws, and {100 - said.count('Throws')} more.")


def test_sessions_and_challenges_of_before_are_taken_up(serve):
    called = serve(ScriptedClient(
        sessions_list=iter([
            page({**GAME, "session_id": "old"}, next="after old"),
            page({**GAME, "session_id": "older"}),
        ]),
        rooms_challenges=iter([
            page(challenge(1, owner="computer-1"), next="after 1"), page(challenge(2)),
        ]),
    ), ROOMY)
    assert started == ["old", "older", "s"]
    assert [params for method, params in called if method == "rooms.accept"] == [{"room_id": "r2"}]
    assert [params["after"] for _, params in called if "after" in params] == [
        "after old", "after 1"
    ]


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


@pytest.mark.parametrize(("others", "agreed"), [("", ["s"]), ("tuv", [])])
def test_a_rematch_is_played_unless_it_is_too_much(serve, others, agreed):
    asked = ("session.rematch_asked", {"session_id": "s", "login": "ada"})
    withdrawn = ("session.rematch_asked", {"session_id": "s", "login": None})
    called = serve(ScriptedClient([*created(others), asked, withdrawn]), ROOMY)
    assert rematches(called) == agreed


def rematches(called):
    return [given["session_id"] for name, given in called if name == "sessions.rematch"]


def test_a_rematch_of_many_is_for_the_players_to_ask_for(serve):
    many = {**GAME, "players": ["ada", "computer-1", "computer-2"]}
    asked = [
        ("session.rematch_asked", {"session_id": "s", "login": login})
        for login in ("computer-2", "computer-1")
    ]
    others = created("tuv", players=["ben", "computer-1", "computer-2"])
    client = ScriptedClient([*others, *asked], sessions_get=many)
    assert rematches(serve(client, ROOMY)) == []
    asked.append(("session.rematch_asked", {"session_id": "s", "login": "ada"}))
    client = ScriptedClient([*others, *asked], sessions_get=many)
    assert rematches(serve(client, ROOMY)) == ["s"]
