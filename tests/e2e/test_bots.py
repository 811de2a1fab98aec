"""Computer opponents on a whole server: challenged, killed in mid-game, and back again."""

import random
from collections.abc import Iterator

import pytest

from tests.bots import SUFFIX, bots_of
from tests.process import Process
from tools.demo.client import Refused
from tools.launch.polling import wait_while

LOGIN = f"computer-1-{SUFFIX}"


@pytest.fixture
def bots(stack) -> Iterator[Process]:
    process = bots_of(stack)
    process.start()
    yield process
    process.stop()
    assert "Traceback" not in process.log.read_text()


def challenged(player):
    """Challenge the bot, as soon as it has an account; return the session."""

    def refused() -> str | None:
        try:
            player.call("rooms.challenge", login=LOGIN, options={"rated": False}, side="first")
        except Refused as error:
            assert error.type == "AccountNotFound"
            return "The bot has not registered yet."
        return None

    wait_while(refused, timeout=60)
    session_id = player.wait_for("session.created", timeout=30)["session_id"]
    return player.connect(session_id)


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
