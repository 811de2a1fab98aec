"""What many players take, calculated and simulated from what few have cost."""

import pytest

from tools.bench.batch_simulation import MAX_BATCH, Batch, highest_rate, simulate
from tools.bench.scaling import BUSY, PROCESSES, Costs, ceilings, cores_of, needs

BATCH = Batch(fixed=0.002, each=0.0002)
COSTS = Costs(
    move={"gateway": 0.0002, "sessions": 0.0004, "postgres": 0.0001, "broker": 0.0001},
    beginning={"rooms": 0.006}, connection={"gateway": 0.0036}, login={"auth": 0.036},
    idle={"gateway": 0.00001}, memory={"gateway": 50.0, "broker": 10.0}, batch=BATCH,
    comes_back=500.0,
)


def test_few_commands_are_answered_one_at_a_time():
    found = simulate(BATCH, rate=1.0)
    assert found.mean_batch == pytest.approx(1, abs=0.01)
    assert found.p50_seconds == pytest.approx(BATCH.seconds(1))


def test_many_commands_share_batches():
    found = simulate(BATCH, rate=3000.0)  # a process does 455 a second of one command each
    assert 5 < found.mean_batch < MAX_BATCH
    assert found.p50_seconds < found.p99_seconds < 0.02


def test_more_commands_than_can_be_decided_wait_ever_longer():
    most = MAX_BATCH / BATCH.seconds(MAX_BATCH)
    assert simulate(BATCH, rate=1.5 * most).p99_seconds > 1


def test_the_highest_rate_keeps_to_its_time():
    rate = highest_rate(BATCH, 0.010)
    assert simulate(BATCH, rate).p99_seconds <= 0.010 < simulate(BATCH, 1.1 * rate).p99_seconds
    assert highest_rate(BATCH, 0.001) == 0.0


def test_cores_are_costs_times_rates():
    # 1,000 moves, 16.7 games, 2.8 connections and 0.28 logins a second, and idle connections.
    assert cores_of(COSTS, "gateway", 10_000) == pytest.approx(0.2 + 0.01 + 0.1)
    assert cores_of(COSTS, "rooms", 10_000) == pytest.approx(0.1)
    assert cores_of(COSTS, "auth", 10_000) == pytest.approx(0.01)
    assert cores_of(COSTS, "redis", 10_000) == 0


def test_processes_are_busy_for_a_part_and_never_alone():
    few, many = needs(COSTS, 100), needs(COSTS, 1_000_000)
    assert set(few.processes.values()) == {2}
    assert few.processes.keys() == set(PROCESSES)
    assert many.processes["gateway"] == pytest.approx(31 / BUSY, abs=1)
    assert many.connections_gib == pytest.approx(60e6 / 2**20)


def test_the_first_ceiling_is_the_lowest():
    found = ceilings(COSTS)
    assert [most for _, most in found] == sorted(most for _, most in found)
    assert found[0] == ("WAL of the sessions' PostgreSQL, 500 MB/s", pytest.approx(750_000))
    assert dict(found)["CPU of one RabbitMQ node, 32 cores"] == pytest.approx(BUSY * 32 / 0.00001)
