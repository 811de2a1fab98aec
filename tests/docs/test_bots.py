"""The documented bots play on a running server."""

import os
import random
import subprocess
import sys

from client import Client
from tests.docs.pages import ROOT, blocks, read

SHOWN_URL = "ws://localhost:8000/ws"


def bot(page: str) -> str:
    [code] = [code for code in blocks(read(page), "python") if "auth.register" in code]
    return code


def started(page, stack, folder):
    """Start the bot of a page."""
    code = bot(page)
    assert code.count(SHOWN_URL) == 1
    (folder / "bot.py").write_text(code.replace(SHOWN_URL, stack.url()))
    return subprocess.Popen(
        [sys.executable, "bot.py"], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )


def test_two_of_the_readmes_bots_play_each_other(stack, tmp_path):
    bots = [started("README.md", stack, tmp_path) for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in bots]
    assert [process.returncode for process in bots] == [0, 0], "\n".join(said)
    assert said[0].count("\n") == said[1].count("\n") == 1, said


def test_the_bot_that_says_so_plays_its_challenger(stack, tmp_path):
    process = started("docs/writing-a-bot.md", stack, tmp_path)
    login = process.stdout.readline().split()[0]
    with Client(stack.url()) as client:
        client.call("auth.register", login=f"foe-{login[6:]}", password="a long password")
        client.call("rooms.challenge", login=login)
        session_id = client.wait_for("session.created", timeout=60)["session_id"]
        session = client.call("sessions.connect", session_id=session_id)["session"]
        event = {"method": "", "params": session}
        while event["method"] != "session.ended":
            if event["params"].get("legal"):
                move = random.choice(event["params"]["legal"])
                client.execute(session_id, {"type": "move", "move": move})
            event = client.next_event(timeout=60)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0 and said.startswith(f"against foe-{login[6:]}: "), said


def test_the_readmes_bot_is_short():
    assert len(bot("README.md").splitlines()) <= 17
