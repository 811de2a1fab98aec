"""The demo, from its command line to its exit status."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.docs.pages import ROOT
from tests.tools.launch import processes
from tools.demo.__main__ import main, outcome, parse_arguments
from tools.launch.ports import free_ports

LAST_LINE = re.compile(r"That was the demo: two games, \d+ moves, over two WebSockets\.")


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    for name in ("URL", "PACE", "PORT"):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def url_of(stack):
    return f"http://127.0.0.1:{stack.port}"


def test_two_players_meet_in_two_ways_and_play_to_the_end(stack, capsys):
    assert main([url_of(stack), "--fast"]) == 0
    output, errors = capsys.readouterr()
    assert errors == ""
    assert re.search(r"^ada-\w+ and ben-\w+ have registered at http", output)
    assert re.search(r"opens a private room: its key is [0-9A-Z]{8}\.", output)
    endings = re.findall(r"^After (\d+) moves (\S+ wins|it is a draw), ", output, re.MULTILINE)
    moves = re.findall(r"^\d+\. \S+ plays \S+\. .+\.$", output, re.MULTILINE)
    assert len(endings) == 2 and sum(int(count) for count, _ in endings) == len(moves)
    assert output.count("┌─") == len(moves) + 2, "the board is drawn at the beginning and each move"
    assert LAST_LINE.fullmatch(output.splitlines()[-1])


def test_a_searching_stranger_does_not_disturb_the_demo(stack, player, capsys):
    stranger = player()
    stranger.call("searcher.start", options={"rated": False})
    assert main([url_of(stack), "--fast"]) == 0
    found = stranger.wait_for("searcher.opponent_found")
    assert found["opponent"].startswith("ada-")
    session = stranger.call("sessions.get", session_id=found["session_id"])
    assert session["result"]["winner"] == stranger.login


def test_two_demos_can_run_at_the_same_time(stack, capsys):
    statuses = []
    main_thread_only = signal.signal
    signal.signal = lambda *_: None
    try:
        demos = [
            threading.Thread(target=lambda: statuses.append(main([url_of(stack), "--fast"])))
            for _ in range(2)
        ]
        for demo in demos:
            demo.start()
        for demo in demos:
            demo.join()
    finally:
        signal.signal = main_thread_only
    assert statuses == [0, 0]


def test_a_missing_server_is_reported_in_one_sentence(capsys):
    [port] = free_ports(1)
    assert main([f"localhost:{port}"]) == 1
    output, errors = capsys.readouterr()
    assert output == "" and errors.count("\n") == 1
    assert f"No server answers at http://localhost:{port}" in errors


def test_a_lost_server_is_reported_in_one_sentence(stack, capsys, monkeypatch):
    def lose(*_):
        raise TimeoutError

    monkeypatch.setattr("tools.demo.__main__.show_game", lose)
    assert main([url_of(stack)]) == 1
    assert "The server was lost" in capsys.readouterr().err


def test_a_refusal_is_reported_in_one_sentence(stack, capsys, monkeypatch):
    monkeypatch.setattr("tools.demo.players.OPTIONS", {"rated": "never"})
    assert main([url_of(stack)]) == 1
    complaints = capsys.readouterr().err
    assert complaints.startswith("The server has refused the demo (InvalidParams: options.rated")


def test_ctrl_c_ends_it_silently(stack, capsys, monkeypatch):
    monkeypatch.setattr("tools.demo.__main__.show", lambda *_: signal.raise_signal(signal.SIGTERM))
    assert main([url_of(stack)]) == 130
    assert capsys.readouterr().err == ""


def test_the_demo_ends_when_its_output_is_closed(stack):
    environment = {**os.environ, "URL": url_of(stack), "PACE": "0"}
    demo = subprocess.Popen(
        [sys.executable, "-m", "tools.demo"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    demo.stdout.readline()
    demo.stdout.close()
    complaints = demo.stderr.read()
    demo.stderr.close()
    assert demo.wait(60) == 1 and complaints == ""


@pytest.fixture
def short_folder():
    """An empty folder with a short path, as the address of a Unix socket has 107 bytes at most."""
    with TemporaryDirectory(prefix="demo-") as folder:
        yield Path(folder)


@pytest.mark.engines
def test_without_a_server_one_is_started_and_stopped(short_folder):
    [port] = free_ports(1)
    environment = {**os.environ, "PORT": str(port), "PACE": "0", "TMPDIR": str(short_folder)}
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=180,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"No server answers at http://localhost:{port}, so the demo")
    assert LAST_LINE.fullmatch(done.stdout.splitlines()[-1])
    assert processes.eventually(lambda: not processes.with_folder(short_folder))
    assert list(short_folder.iterdir()) == []


@pytest.mark.parametrize("pace", ["-1", "61", "nan", "soon"])
def test_an_invalid_pause_is_refused(pace, capsys):
    with pytest.raises(SystemExit):
        parse_arguments([f"--pace={pace}"])
    assert "argument --pace" in capsys.readouterr().err


def test_options_override_the_environment(monkeypatch):
    assert parse_arguments([]).pace == 0.5
    assert parse_arguments([]).url is None
    monkeypatch.setenv("PACE", "2")
    monkeypatch.setenv("URL", "localhost:1")
    assert parse_arguments([]).pace == 2.0
    assert parse_arguments(["--pace", "3"]).pace == 3.0
    assert parse_arguments(["--fast"]).pace == 0.0
    assert parse_arguments([]).url == "localhost:1"
    assert parse_arguments(["localhost:2"]).url == "localhost:2"


@pytest.mark.parametrize(
    "winner, reason, sentence",
    [
        ("ada", "lion_caught", "After 9 moves ada wins, by catching the lion."),
        ("ada", "try", "After 9 moves ada wins, by bringing the lion safely to the last rank."),
        ("ada", "no_moves", "After 9 moves ada wins, because the opponent has no move left."),
        ("ada", "resignation", "After 9 moves ada wins, (resignation)."),
        (None, "repetition",
         "After 9 moves it is a draw, because the same position stood for the third time."),
    ],
)
def test_the_outcome_is_described(winner, reason, sentence):
    assert outcome({"winner": winner, "reason": reason, "by_player": {}}, 9) == sentence
