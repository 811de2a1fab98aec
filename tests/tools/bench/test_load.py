"""The load process: its frames and scripts, and a second of play on a real server."""

import random
import time

import pytest

from arbiter_games.dobutsu import Dobutsu
from tools.bench import loads
from tools.bench.load import scripts
from tools.bench.load.frames import PING, TEXT, FrameReader, text_frame
from tools.bench.load.play import Tally
from tools.bench.players import make_players
from tools.bench.setup import Setup
from tools.errors import ToolError

RULES = Dobutsu()


def unmasked(data):
    """Return a frame as a server sends it."""
    size = len(data)
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    return b"\x81" + length + data


def outcome(script):
    state = RULES.setup(2, {}, random.Random(1))
    for move in script:
        [player] = RULES.to_move(state)
        assert move in RULES.legal_moves(state, player)
        state = RULES.apply(state, player, move)
    return RULES.outcome(state)


@pytest.mark.parametrize("cut", range(1, 20))
def test_frames_are_read_wherever_they_are_cut(cut):
    sent = unmasked(b"short") + b"\x89\0" + unmasked(b"x" * 300)
    reader, found = FrameReader(), []
    for begin in range(0, len(sent), cut):
        found += reader.feed(sent[begin : begin + cut])
    assert found == [(TEXT, b"short"), (PING, b""), (TEXT, b"x" * 300)]


@pytest.mark.parametrize(("size", "header"), [(125, 2), (126, 4), (65535, 4), (65536, 10)])
def test_a_sent_frame_has_the_shortest_length(size, header):
    frame = text_frame(b"x" * size)
    assert len(frame) == header + 4 + size
    assert frame[1] & 0x80, "a client masks its frames"


def test_long_scripts_are_whole_games():
    for script in scripts.long_scripts(2, random.Random(1)):
        assert len(script) >= scripts.LONG_PLIES
        assert outcome(script) is not None


def test_short_scripts_end_with_the_twelfth_move():
    for script in scripts.short_scripts(2, random.Random(1)):
        assert len(script) == 12
        assert outcome(script) is not None


def test_the_endless_script_has_no_end():
    script = scripts.endless_script(random.Random(1))
    assert len(script) == scripts.ENDLESS_PLIES
    assert outcome(script) is None


def test_percentiles_are_of_the_delays_since_the_beginning():
    tally = Tally()
    tally.delays.append((0, 9.0))
    tally.begin()
    tally.delays += [(ply, ply / 1000) for ply in range(100)]
    assert tally.percentile_ms(50) == pytest.approx(50)
    assert tally.percentile_ms(99) == pytest.approx(99)


def test_a_load_process_that_fails_tells_why(tmp_path):
    path = tmp_path / "setup.json"
    Setup("ws://127.0.0.1:1/ws", ["token"] * 2, {}).save(path)
    with pytest.raises(ToolError, match="Connect call failed"):
        loads.run("registrations", path, timeout=60, number=1)
    with loads.LastingLoad("idle", path, first_token=0) as idle_load:
        with pytest.raises(ToolError, match="herd"):
            idle_load.ask("herd", 0.0, timeout=0.5)


@pytest.fixture
def setup(stack, tmp_path):
    """Return the file that tells a load process of the tests' server and of four new players."""
    path = tmp_path / "setup.json"
    tokens = make_players({name: str(value) for name, value in stack.settings.items()}, 4)
    pids = {name: process.pid for name, process in stack.processes.items()}
    Setup(f"ws://127.0.0.1:{stack.port}/ws", tokens, pids).save(path)
    return path


def test_a_second_of_play_is_measured(setup):
    played = loads.run("moves", setup, timeout=60, games=1, seconds=1, short=True)
    assert played["moves_per_second"] > 0 and played["errors"] == 0
    assert played["opponent_p50_ms"] <= played["opponent_p99_ms"]
    assert played["cpu_ms"] == pytest.approx(sum(played["cpu_ms_by_kind"].values()))
    assert played["cpu_ms_by_kind"].keys() >= {"gateway", "sessions"}


def test_games_go_on_from_one_measurement_to_the_next(setup):
    with loads.LastingLoad("games", setup) as games:
        games.ask("begin", 1, timeout=60)
        played = [games.ask("measure", 0.0, 0.5, timeout=60) for _ in range(2)]
    assert all(each["moves_per_second"] > 0 and not each["errors"] for each in played)


def test_idle_players_come_back_after_their_gateway_is_killed(stack, setup, outage):
    with loads.LastingLoad("idle", setup, first_token=0) as idle_load:
        idle_load.ask("connect", timeout=60)
        assert idle_load.ask("begin", timeout=60)["cpu_ms"] > 0
        idle_load.ask("arm", timeout=60)
        stack.restart("gateway")
        herd = idle_load.ask("herd", time.time(), timeout=60)
    assert herd["players"] == 4
