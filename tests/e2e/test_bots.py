"""Computer opponents on a whole server: killed in mid-game and back again, and left by others."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from client import Client, Refused
from tests.bots import SUFFIX, bots_of
from tests.plugins import install
from tests.process import Process
from tools.launch.polling import wait_while

LOGIN = f"computer-1-{SUFFIX}"


@contextmanager
def running(stack, **settings) -> Iterator[Process]:
    process = bots_of(stack, **settings)
    process.start()
    yield process
    process.stop()
    assert "Traceback" not in process.log.read_text()


def challenged(player):
    """Challenge the bot, as soon as it has an account; return the session."""
    once_registered(player, LOGIN, "rooms.challenge", options={"rated": False}, side="first")
    session_id = player.wait_for("session.created", timeout=30)["session_id"]
    return player.connect(session_id)


def once_registered(player, login, method, **params):
    """Call a method on a bot's login until there is an account of it."""

    def refused() -> str | None:
        try:
            player.call(method, login=login, **params)
        except Refused as error:
            assert error.type == "AccountNotFound"
            return "The bot has not registered yet."
        return None

    wait_while(refused, timeout=60)


def play(player, session, moves):
    """Make so many moves at random, or fewer to the end; return the session with the bot's answer.
    """
    session_id, rng = session["session_id"], random.Random(1)
    while session["result"] is None and (moves or not session["legal"]):
        if session["legal"]:
            player.move(session_id, rng.choice(session["legal"]))
            session, moves = {**session, "legal": []}, moves - 1
        event = player.next_event(timeout=60)
        if event["method"] in ("session.state_changed", "session.ended"):
            session = {**session, **event["params"]}
    return session


@pytest.fixture
def bots(stack):
    with running(stack) as process:
        yield process


def test_a_bot_comes_back_to_its_game_after_it_was_killed(bots, player):
    one = player()
    session = play(one, challenged(one), moves=1)
    assert session["players"] == [one.login, LOGIN]
    bots.kill()
    one.move(session["session_id"], session["legal"][0])
    one.execute(session["session_id"], {"type": "offer_takeback"})
    bots.start()
    assert len(one.wait_for("session.takeback_accepted", timeout=60)["taken_back"]) == 1
    session = play(one, session, moves=500)
    assert session["result"]["reason"] in ("lion_caught", "try", "repetition", "no_moves")
    assert one.call("accounts.get", login=LOGIN)["kind"] == "bot"


def test_a_bot_plays_on_when_one_leaves_whose_turn_it_was(stack, player, tmp_path):
    players = [player(), player()]
    one = players[0]
    install(tmp_path, "pig")
    with stack.given("sessions", PYTHONPATH=tmp_path), running(stack, PYTHONPATH=tmp_path):
        once_registered(one, LOGIN, "accounts.get")
        room_id = one.call("rooms.create", game="pig", seats=3, options={"goal": 100})["room_id"]
        players[1].call("rooms.join", room_id=room_id)
        with Client(f"ws://127.0.0.1:{stack.port}/ws") as client:
            client.call("auth.login", login=LOGIN, password=stack.settings["BOTS_PASSWORD"])
            session_id = client.call("rooms.join", room_id=room_id)["session_id"]
        session, _ = [each.connect(session_id) for each in players]
        if LOGIN not in session["connected"]:
            one.wait_for("session.player_connected", lambda told: told["login"] == LOGIN, 60)
        seats = session["players"]
        before = seats[seats.index(LOGIN) - 1]
        by_login = {each.login: each for each in players}
        while session["to_move"] != [before]:
            for login in session["to_move"]:
                if login in by_login:
                    by_login[login].move(session_id, "hold")
            session = one.wait_for("session.state_changed", timeout=60)
        version = by_login[before].execute(session_id, {"type": "resign"})["version"]
        moved = one.wait_for(
            "session.state_changed", lambda told: told["version"] > version, timeout=60
        )
        assert moved["command"]["login"] == LOGIN


def test_several_bots_come_back_play_again_and_end_with_people(stack, player, tmp_path):
    one = player()
    install(tmp_path, "pig")
    others = [f"computer-{level}-{SUFFIX}" for level in (2, 3)]
    terms = {"game": "pig", "options": {"rated": False, "goal": 40}}
    with stack.given("sessions", PYTHONPATH=tmp_path), running(stack, PYTHONPATH=tmp_path) as bots:
        for login in others:
            once_registered(one, login, "accounts.get")
        one.call("rooms.challenge", login=others[0], others=others[1:], **terms)
        session_id = one.wait_for("session.created", timeout=60)["session_id"]
        session = one.connect(session_id)
        bots.kill()
        bots.start()
        session = play(one, session, moves=500)
        assert session["result"]["reason"] == "goal_reached"
        one.call("sessions.rematch", session_id=session_id)
        again = one.wait_for("session.created", timeout=60)["session"]
        assert sorted(again["players"]) == sorted([one.login, *others])
        one.connect(again["session_id"])
        one.execute(again["session_id"], {"type": "resign"})
        ended = one.wait_for(
            "session.ended", lambda told: told["session_id"] == again["session_id"], timeout=60
        )
        assert ended["result"]["reason"] == "resignation"
