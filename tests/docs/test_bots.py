"""Two copies of each documented bot play each other on a running server."""

import os
import subprocess
import sys

import pytest

from tests.docs.pages import ROOT, blocks, read

SHOWN_URL = "ws://localhost:8000/ws"


def bot(page: str) -> str:
    [code] = [code for code in blocks(read(page), "python") if "searcher.start" in code]
    return code


@pytest.mark.parametrize("page", ["README.md", "docs/writing-a-bot.md"])
def test_two_of_the_bots_play_each_other(page, stack, tmp_path):
    code = bot(page)
    assert code.count(SHOWN_URL) == 1
    (tmp_path / "bot.py").write_text(code.replace(SHOWN_URL, stack.url()))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    bots = [
        subprocess.Popen(
            [sys.executable, "bot.py"], cwd=tmp_path, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300)[0] for process in bots]
    assert [process.returncode for process in bots] == [0, 0], "\n".join(said)
    assert said[0].count("\n") == said[1].count("\n") == 1, said


def test_the_readmes_bot_is_short():
    assert len(bot("README.md").splitlines()) <= 17
