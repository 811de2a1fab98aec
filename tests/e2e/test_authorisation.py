"""Who may call what: each cell of the table in docs/security.md; nobody's secret is in any."""

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from client import Refused
from gateway.protocol.registry import METHODS
from tests.docs.pages import read, rows, section
from tests.e2e.callers import ANONYMOUS, DEAD, GUEST, PASSWORD, PLAYERS, RESIGN, World, command

HEADING = "## Who may call what"
COLUMNS = (ANONYMOUS, *PLAYERS, "dead")
CALLERS = {ANONYMOUS: "anonymous", **{who: who for who in PLAYERS}, **dict.fromkeys(DEAD, "dead")}
ROWS = {row[0].replace("`", ""): dict(zip(COLUMNS, row[1:], strict=True))
        for row in rows(section(read("docs/security.md"), HEADING))}

Asks = Callable[[World, str], dict[str, Any]]


def nothing(world, who):
    return {}


def beside(make):
    """Ask for nothing in particular, where there is something that most may not see."""
    return lambda world, who: make(world, who) and {}


def of_room(private):
    def ask(world, who):
        if who in DEAD:
            return {"room_id": secrets.token_hex(12)}
        world.open_room(who, private)
        return {"room_id": world.room_id}

    return ask


def of_challenge(world, who):
    if who in DEAD:
        return {"room_id": secrets.token_hex(12)}
    world.challenge()
    return {"room_id": world.room_id}


def of_key(world, who):
    if who not in DEAD:
        world.open_room(who)
    knows = who in ("keyed", "member", "host")
    return {"connection_key": world.key if knows else secrets.token_hex(4)}


def of_session(ended):
    def ask(world, who):
        if who in DEAD:
            return {"session_id": secrets.token_hex(12)}
        world.begin(ended)
        return {"session_id": world.session_id}

    return ask


def resign(world, who):
    if who not in DEAD:
        world.begin()
    return command(world.session_id, RESIGN)


def stolen_token(name):
    return lambda world, who: {name: world.issued["host" if who != "host" else "member"][name]}


def wrong_password(world, who):
    return {"password": "a wrong one"}


ASKED: dict[str, Asks] = {
    "server.info": nothing,
    "auth.register": lambda *_: {"login": f"n-{secrets.token_hex(6)}", "password": PASSWORD},
    "auth.guest": nothing,
    "auth.claim with another password": lambda *_: {"password": "another password of the matrix"},
    "auth.login": lambda world, who: {**wrong_password(world, who), "login": world.logins["host"]},
    "auth.refresh": lambda world, who: {"refresh_token": world.issued["host"]["access_token"]},
    "auth.logout": nothing,
    "auth.logout of another's login": stolen_token("refresh_token"),
    "auth.authenticate by another's token": stolen_token("access_token"),
    "auth.change_password without it": lambda *_: {
        "password": "a wrong one", "new_password": "another password"
    },
    "accounts.get of another": lambda world, who: {"login": world.logins["host"]},
    "accounts.update": lambda *_: {"bio": "plays"},
    "accounts.become_bot": nothing,
    "accounts.delete without the password": wrong_password,
    "accounts.kinds of others": lambda world, who: {"logins": list(world.logins.values())},
    "accounts.leaderboard": nothing,
    "accounts.rating_history of another": lambda world, who: {"login": world.logins["host"]},
    **{
        f"accounts.{name} of the host": lambda world, who: {"login": world.logins["host"]}
        for name in ("relation", "follow", "unfollow", "block", "unblock")
    },
    **{f"accounts.{name}": nothing for name in ("following", "blocked", "online", "recent")},
    "rooms.create": nothing,
    "rooms.list": beside(of_room(private=True)),
    "rooms.get of a public room": of_room(private=False),
    "rooms.get of a private room": of_room(private=True),
    "rooms.join of a public room": of_room(private=False),
    "rooms.join of a private room": of_room(private=True),
    "rooms.leave of a public room": of_room(private=False),
    "rooms.leave of a private room": of_room(private=True),
    "rooms.close of a public room": of_room(private=False),
    "rooms.close of a private room": of_room(private=True),
    "rooms.challenge to the host": lambda world, who: {"login": world.logins["host"]},
    "rooms.challenges": beside(of_challenge),
    "rooms.get of a challenge": of_challenge,
    "rooms.accept": of_challenge,
    "rooms.decline": of_challenge,
    "private_rooms.create": nothing,
    "private_rooms.join": of_key,
    "private_rooms.leave": of_key,
    "private_rooms.close": of_key,
    "searcher.start": lambda *_: {"options": {"clock": {"initial": 7000, "increment": 7}}},
    "searcher.stop": nothing,
    "searcher.status": nothing,
    "searcher.window": nothing,
    "searcher.accept": lambda *_: {"proposal_id": secrets.token_hex(12)},
    "sessions.connect": of_session(ended=False),
    "sessions.disconnect": of_session(ended=False),
    "sessions.execute": resign,
    "sessions.get": of_session(ended=False),
    "sessions.history": of_session(ended=False),
    "sessions.initial_state": of_session(ended=False),
    "sessions.export": of_session(ended=True),
    "sessions.list": beside(of_session(ended=False)),
    "sessions.rematch": of_session(ended=True),
}


@pytest.fixture(scope="module")
def world(running_stack):
    return World(running_stack)


def call(world: World, method: str, who: str, params: dict[str, Any]) -> Any:
    if METHODS[method].socket_only:
        client = world.socket(who)
        if method == "sessions.disconnect" and who in ("watcher", "member", "host"):
            client.call("sessions.connect", **params)
        return client.call(method, **params)
    token = world.token(who)
    if who in PLAYERS and method in ("auth.logout", "auth.claim"):
        token = world.log_in(who)
    elif who in PLAYERS and who != GUEST and method == "accounts.become_bot":
        token = world.register(f"bot-{secrets.token_hex(6)}")["access_token"]
    return world.call(method, token, params)


def test_no_method_is_missing():
    assert {label.split()[0] for label in ROWS} == set(METHODS)
    assert set(ASKED) == set(ROWS)


@pytest.mark.parametrize("label", ASKED)
def test_each_caller_may_do_what_the_table_says(stack, world, label):
    found = {who: outcome(world, label, who) for who in CALLERS}
    assert found == {who: ROWS[label][column] for who, column in CALLERS.items()}


def outcome(world: World, label: str, who: str) -> str:
    """Return how a call ends; fail where the answer tells what the caller may not know."""
    method, answer, ending = label.split()[0], None, "yes"
    params = ASKED[label](world, who)
    hidden = world.secrets(who) - {each for each in params.values() if isinstance(each, str)}
    if world.key in params.values():  # the way into the room
        hidden -= {world.room_id}
    try:
        answer = call(world, method, who, params)
        said = json.dumps(answer)
    except Refused as refusal:
        ending, said = f"`{refusal.type}`", f"{refusal} {json.dumps(refusal.details)}"
    if method == "searcher.start" and answer:
        world.rpc("searcher.stop", who)
    world.clean(who, answer)
    told = [each for each in hidden if each in said]
    assert not told, f"{method} tells {who} {told}"
    return ending
