"""What many players take, calculated and simulated from what few have cost."""

from dataclasses import replace

import pytest

from extensions.settings import Settings
from gateway.broker import request_batcher
from tools.bench.batch_simulation import MAX_BATCH, Batch, highest_rate, simulate
from tools.bench.costs import Costs
from tools.bench.scaling import BUSY, MAX_CONNECTIONS, PROCESSES, ceilings, cores_of, needs, work_of

BATCH = Batch(fixed=0.002, each=0.0002)
COSTS = Costs(
    process={"gateway": 0.1, "broker": 0.05},
    move={"gateway": 0.0002, "sessions": 0.0004, "postgres": 0.0001, "broker": 0.0001},
    beginning={"rooms": 0.006}, connection={"gateway": 0.0036}, login={"auth": 0.036},
    idle={"gateway": 0.00001}, memory={"gateway": 50.0, "broker": 10.0}, batch=BATCH,
    queue_seconds=0.002, comes_back=500.0,
)


def test_few_commands_are_answered_one_at_a_time():
    found = simulate(BATCH, rate=1.0)
    assert found.mean_batch == pytest.approx(1, abs=0.01)
    assert found.p50_seconds == pytest.approx(BATCH.seconds(1))


def test_batches_are_those_of_a_gateway():
    assert MAX_BATCH == request_batcher.MAX_BATCH


def test_many_commands_share_batches():
    found = simulate(BATCH, rate=3000.0)  # a process does 455 a second of one command each
    assert 5 < found.mean_batch < MAX_BATCH
    assert found.p50_seconds < found.p99_seconds < 0.03


def test_more_gateways_wait_for_each_other():
    alone, beside = (simulate(BATCH, rate=3000.0, gateways=number) for number in (1, 4))
    assert beside.p50_seconds > 2 * alone.p50_seconds


def test_more_commands_than_can_be_decided_wait_ever_longer():
    most = MAX_BATCH / BATCH.seconds(MAX_BATCH)
    assert simulate(BATCH, rate=1.5 * most).p99_seconds > 1


def test_the_highest_rate_keeps_to_its_time():
    rate = highest_rate(BATCH, 0.020)
    assert simulate(BATCH, rate).p99_seconds <= 0.020 < simulate(BATCH, 1.1 * rate).p99_seconds
    assert highest_rate(BATCH, 0.001) == 0.0


def test_work_is_costs_times_rates():
    # 1,000 moves, 16.7 games, 2.8 connections and 0.28 logins a second, and idle connections.
    assert work_of(COSTS, "gateway", 10_000) == pytest.approx(0.2 + 0.01 + 0.1)
    assert work_of(COSTS, "rooms", 10_000) == pytest.approx(0.1)
    assert work_of(COSTS, "auth", 10_000) == pytest.approx(0.01)
    assert work_of(COSTS, "redis", 10_000) == 0


def test_gateways_take_all_players_when_one_has_died():
    found = Settings().max_connections
    assert found == MAX_CONNECTIONS
    cheap = replace(COSTS, process={}, move={}, connection={}, idle={})
    assert needs(cheap, 100_000).processes["gateway"] == 100_000 / found + 1


def test_each_process_takes_something_for_itself():
    assert cores_of(COSTS, "gateway", 10_000, 2) == pytest.approx(0.31 + 0.2)
    assert needs(COSTS, 10_000).cores["broker"] == pytest.approx(0.1 + 2 * 0.05)


def test_processes_are_busy_for_a_part_and_never_alone():
    few, many = needs(COSTS, 100), needs(COSTS, 1_000_000)
    assert set(few.processes.values()) == {2}
    assert few.processes.keys() == set(PROCESSES)
    assert many.processes["gateway"] == pytest.approx(31 / (BUSY - 0.1), abs=1)  # by their CPU
    assert many.connections_gib == pytest.approx(60e6 / 2**20)


def test_the_broker_bounds_how_fast_players_come_back():
    assert needs(COSTS, 1_000).seconds_to_come_back == pytest.approx(500 / 500)
    many = needs(COSTS, 1_000_000)
    players = 1_000_000 / many.processes["gateway"]
    assert many.seconds_to_come_back == pytest.approx(players * 0.002)


def test_the_first_ceiling_is_the_lowest():
    found = ceilings(COSTS)
    assert [most for _, most in found] == sorted(most for _, most in found)
    assert found[0] == (
        "RabbitMQ, if it makes and deletes queues of connections one by one",
        pytest.approx(BUSY * 3600 / 0.002),
    )
    # 62 gateways, of which each costs the broker a twentieth of a core, and 10 µs a player.
    cores = 1_000_000 * 0.00001 + 62 * 0.05
    assert dict(found)["CPU of one RabbitMQ node, 32 cores"] == pytest.approx(
        BUSY * 32 / (cores / 1_000_000)
    )


RATES = {"moves_per_second": 200.0, "games_per_second": 0.0}
FEW = {**RATES, "cpu_ms_by_kind": {"sessions": 1.0}}
MANY = {**RATES, "moves_per_second": 2_200.0, "cpu_ms_by_kind": {"sessions": 0.2}}


def test_a_move_costs_less_the_more_there_are(figures):
    costs = Costs.of({**figures, "paced": FEW, "moves_50": MANY})
    assert costs.process["sessions"] == pytest.approx(0.2 - 200 * 0.00012)
    assert costs.move["sessions"] == pytest.approx((0.44 - 0.2) / 2_000)


def test_a_cost_that_is_no_less_among_many_is_all_of_the_move(figures):
    costs = Costs.of({**figures, "paced": {**FEW, "cpu_ms_by_kind": {"sessions": 0.1}},
                      "moves_50": MANY})
    assert costs.process["sessions"] == 0.0
    assert costs.move["sessions"] == pytest.approx(0.0002)
