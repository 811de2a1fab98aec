"""What is read of processes: CPU time, memory, samples; and what is asked of databases."""

import os
import subprocess
import sys
import time

import pytest

from tools.bench import lists, profiler, search
from tools.bench.meter import Meter
from tools.bench.process_stats import cpu_seconds, kind, proportional_kib
from tools.bench.profiles import module_microseconds, shares

SPIN = "import time\nuntil = time.process_time() + 0.2\nwhile time.process_time() < until: pass\n"
WAIT = "import sys; sys.stdin.read()"


@pytest.fixture
def spun():
    """Return a shell that waits after a child of it has used 0.2 seconds of CPU time."""
    command = ["sh", "-c", f"'{sys.executable}' -c '{SPIN}'; echo done; read line"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"done\n"
        yield process
        process.stdin.close()


def test_cpu_time_includes_children_that_have_ended(spun):
    assert cpu_seconds({"gateway-1": spun.pid})["gateway"] >= 0.2


def test_cpu_time_of_less_than_a_tick_is_told():
    spin_a_little = """if True:
        import time
        for line in iter(input, ""):
            until = time.process_time() + 0.001
            while time.process_time() < until:
                pass
            print("done", flush=True)
    """
    command = [sys.executable, "-c", spin_a_little]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        before = 0.0
        for _ in range(5):
            process.stdin.write(b"spin\n")
            assert process.stdout.readline() == b"done\n"
            spent = cpu_seconds({"rooms": process.pid})["rooms"]
            assert spent >= before + 0.001
            before = spent
        process.stdin.write(b"\n")


def test_memory_is_that_of_the_whole_family():
    command = ["sh", "-c", f"'{sys.executable}' -c '{WAIT}'; true"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while proportional_kib({"rooms": process.pid})["rooms"] < 3000:
            assert time.monotonic() < deadline, "the child's memory is not counted"
        process.stdin.close()


def test_a_meter_tells_the_server_from_the_bench(spun):
    meter = Meter({"rooms": spun.pid})
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    usage = meter.usage()
    assert usage["load_cores"] * usage["seconds"] >= 0.1
    assert usage["server_seconds"] < 0.1


@pytest.mark.parametrize(
    ("program", "expected"),
    [("gateway-2", "gateway"), ("private_rooms", "private_rooms"), ("broker", "broker")],
)
def test_instances_of_a_program_are_of_one_kind(program, expected):
    assert kind(program) == expected


def test_a_sample_counts_for_the_projects_module_or_the_library():
    root = profiler.ROOT
    assert profiler.place_of_file(f"{root}/rooms/storage.py") == "rooms/storage.py"
    assert profiler.place_of_file("/v/lib/site-packages/kombu/message.py") == "kombu"
    assert profiler.place_of_file("/usr/lib/python3.11/json/decoder.py") == "python"
    assert profiler.place(sys._getframe()).endswith("bench/test_readings.py")


def test_a_profiled_program_writes_its_samples_when_told(tmp_path):
    module = "import os, signal\nos.kill(os.getpid(), signal.SIGUSR2)\n" + SPIN
    (tmp_path / "spinning.py").write_text(
        module + "os.kill(os.getpid(), signal.SIGUSR2)\nassert len(__import__('sys').argv) == 2\n"
    )
    subprocess.run(
        [sys.executable, "-m", "tools.bench.profiler", str(tmp_path / "rooms-1.json"), "-m",
         "spinning", "argument"],
        cwd=profiler.ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}, check=True,
    )
    found = module_microseconds(tmp_path, {"rooms": 0.5})
    assert found.keys() == {"rooms"}
    assert sum(found["rooms"].values()) == pytest.approx(500)


def test_shares_are_in_proportion_and_the_largest_first():
    assert list(shares({"a": 1, "b": 3}, 8.0).items()) == [("b", 6.0), ("a", 2.0)]


def test_every_list_finds_something_among_its_rows():
    found = lists.list_milliseconds(production=False, rows=3_000)
    assert found.keys() == lists.lists(3_000).keys()
    assert all(milliseconds > 0 for milliseconds in found.values())


def test_every_list_finds_something_on_postgres():
    assert lists.list_milliseconds(production=True, rows=3_000)


@pytest.mark.parametrize("in_redis", [False, True])
def test_a_search_is_measured_among_others(in_redis):
    assert search.addition(in_redis, waiting=20)["add_ms"] > 0
