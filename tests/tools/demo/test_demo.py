"""The demo, from its command line to its exit status."""

import os
import re
import signal
import subprocess
import sys
import threading

import pytest

from tests.docs.pages import ROOT
from tools.demo.__main__ import main, outcome, read
from tools.launch.ports import free_ports

LAST = re.compile(r"That was the demo: two games, \d+ moves, over two WebSockets\.")


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
    said, complaints = capsys.readouterr()
    assert complaints == ""
    assert re.search(r"^ada-\w+ and ben-\w+ have registered at http", said)
    assert re.search(r"opens a private room: its key is [0-9A-Z]{8}\.", said)
    endings = re.findall(r"^After (\d+) moves (\S+ wins|it is a draw), ", said, re.MULTILINE)
    moves = re.findall(r"^\d+\. \S+ plays \S+\. .+\.$", said, re.MULTILINE)
    assert len(endings) == 2 and sum(int(count) for count, _ in endings) == len(moves)
    assert said.count("┌─") == len(moves) + 2, "the board is drawn at the beginning and each move"
    assert LAST.fullmatch(said.splitlines()[-1])


def test_it_is_a_program_that_takes_its_settings_from_the_environment(stack):
    environment = {**os.environ, "URL": url_of(stack), "PACE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert LAST.fullmatch(done.stdout.splitlines()[-1])


def test_strangers_who_search_do_not_keep_the_two_from_meeting(stack, player, capsys):
    stranger = player()
    stranger.call("searcher.start", options={"rated": False})
    assert main([url_of(stack), "--fast"]) == 0
    found = stranger.wait_for("searcher.opponent_found")
    assert found["opponent"].startswith("ada-")
    session = stranger.call("sessions.get", session_id=found["session_id"])
    assert session["result"]["winner"] == stranger.login


def test_two_demos_at_a_time_do_not_get_into_each_others_way(stack, capsys):
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


def test_who_is_not_there_is_told_of_in_one_sentence(capsys):
    [port] = free_ports(1)
    assert main([f"localhost:{port}"]) == 1
    said, complaints = capsys.readouterr()
    assert said == "" and complaints.count("\n") == 1
    assert f"No server answers at http://localhost:{port}" in complaints


def test_a_server_that_goes_is_told_of_in_one_sentence(stack, capsys, monkeypatch):
    monkeypatch.setattr("tools.demo.__main__.show_game", lambda *_: (_ for _ in ()).throw(TimeoutError()))
    assert main([url_of(stack)]) == 1
    assert "The server was lost" in capsys.readouterr().err


def test_a_refusal_is_told_of_in_one_sentence(stack, capsys, monkeypatch):
    monkeypatch.setattr("tools.demo.players.OPTIONS", {"rated": "never"})
    assert main([url_of(stack)]) == 1
    complaints = capsys.readouterr().err
    assert complaints.startswith("The server has refused the demo (InvalidParams: options.rated")


def test_ctrl_c_ends_it_without_a_word(stack, capsys, monkeypatch):
    monkeypatch.setattr("tools.demo.__main__.show", lambda *_: signal.raise_signal(signal.SIGTERM))
    assert main([url_of(stack)]) == 130
    assert capsys.readouterr().err == ""


def test_when_nobody_watches_any_more_it_ends(stack):
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


@pytest.mark.engines
def test_where_no_server_runs_one_is_started_and_stopped():
    [port] = free_ports(1)
    environment = {**os.environ, "PORT": str(port), "PACE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=180,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"No server answers at http://localhost:{port}, so the demo")
    assert LAST.fullmatch(done.stdout.splitlines()[-1])
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(["pgrep", "-f", "arbiter-demo-[^ ]*/supervisord"], check=True)


@pytest.mark.parametrize("pace", ["-1", "61", "nan", "soon"])
def test_a_pause_that_is_none_is_refused(pace, capsys):
    with pytest.raises(SystemExit):
        read([f"--pace={pace}"])
    assert "argument --pace" in capsys.readouterr().err


def test_the_pause_is_taken_from_the_command_line_and_then_from_the_environment(monkeypatch):
    assert read([]).pace == 0.5
    monkeypatch.setenv("PACE", "2")
    assert read([]).pace == 2.0
    assert read(["--pace", "3"]).pace == 3.0
    assert read(["--fast"]).pace == 0.0


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
def test_the_end_is_told(winner, reason, sentence):
    assert outcome({"winner": winner, "reason": reason, "by_player": {}}, 9) == sentence
