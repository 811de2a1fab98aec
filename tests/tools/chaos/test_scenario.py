"""The scenario, the standstills of games, and the table of results."""

import pytest

from tools.chaos import faults, report
from tools.chaos.faults import FaultAction
from tools.chaos.oracle import DOUBLED, LOST, Finding
from tools.chaos.records import SentCommand
from tools.chaos.standstills import has_moved, standstills


def sent(
    acknowledged_at: float | None, thought: float = 0.0, last_sent_at: float = 0.0
) -> SentCommand:
    return SentCommand("s1", "ada", "c1", {"type": "move"}, thought, last_sent_at, acknowledged_at)


def test_the_scenario_follows_from_the_seed():
    assert faults.scenario(1) == faults.scenario(1)
    assert faults.scenario(1) != faults.scenario(2)


def test_every_action_is_made_on_every_kind_of_target():
    actions = [fault.actions[0] for fault in faults.scenario(3) if len(fault.actions) == 1]
    done = {(each.action, each.target.removesuffix("-1").removesuffix("-2")) for each in actions}
    assert done == {*faults.all_singles(), ("nothing", "at all")}


@pytest.mark.parametrize("action", [faults.KILL, faults.TERM, faults.PAUSE])
def test_services_and_gateways_are_killed_ended_and_paused(action):
    done = {target for each, target in faults.all_singles() if each == action}
    assert {*faults.SERVICES, "gateway"} <= done


@pytest.mark.parametrize("action", [faults.CUT, faults.REFUSE, faults.HOLD, faults.LONG_HOLD])
def test_every_link_is_cut_refused_and_held(action):
    done = {target for each, target in faults.all_singles() if each == action}
    assert done == {"players", *faults.ENGINES}


def test_a_long_hold_and_a_block_outlast_the_others():
    singles = [fault for fault in faults.scenario(5) if len(fault.actions) == 1]
    kinds = faults.LONG_HOLD, faults.BLOCK
    long = [fault.duration for fault in singles if fault.kind.startswith(kinds)]
    others = [fault.duration for fault in singles if not fault.kind.startswith(kinds)]
    assert min(long) > 3 * max(others)


def test_a_run_succeeds_only_if_it_is_complete():
    fault = faults.Fault("kill broker", (FaultAction("kill", "broker"),))
    assert report.verdict([], [])[0] == 0
    status, [said] = report.verdict([], [fault])
    assert status == report.EXIT_INCOMPLETE != 0
    assert said == "Not complete. There was no time for 1 of the faults: kill broker."
    status, said = report.verdict([Finding(LOST, "s1", "gone")], [fault])
    assert status == report.EXIT_WRONG and "lost" in said[0] and "Not complete" in said[1]


def test_all_pairs_of_faults_come_last():
    scenario = faults.scenario(4)
    counts = [len(fault.actions) for fault in scenario]
    assert counts == sorted(counts) and counts.count(2) == len(faults.PAIRS)


def test_a_fault_lasts_until_its_last_action_ends():
    actions = FaultAction("kill", "redis"), FaultAction("hold", "broker", 4.0, delay=0.5)
    assert faults.Fault("two at once", actions).duration == 4.5


def test_a_standstill_begins_after_the_players_thought():
    commands = [sent(10.0), sent(11.0, thought=0.75), sent(12.5, thought=0.25)]
    assert standstills(commands, since=9.0, until=20.0) == [1.0, 0.25, 1.25]


def test_time_before_the_fault_does_not_count():
    commands = [sent(10.0), sent(14.0, thought=1.0)]
    assert standstills(commands, since=13.0, until=20.0) == [1.0]


def test_thinking_is_no_standstill():
    commands = [sent(10.0), sent(12.0, thought=2.5)]
    assert standstills(commands, since=11.0, until=20.0) == [0.0]


def test_later_acknowledgements_do_not_count():
    assert standstills([sent(None), sent(21.0)], since=9.0, until=20.0) == []


def test_a_pair_moves_by_a_command_sent_after_the_fault():
    assert has_moved([sent(12.0, last_sent_at=11.0)], since=10.0)
    assert not has_moved([sent(12.0, last_sent_at=9.0)], since=10.0)
    assert not has_moved([sent(None, last_sent_at=11.0)], since=10.0)


def result(kind: str, action: FaultAction, **values) -> report.FaultResult:
    return report.FaultResult(faults.Fault(kind, (action,)), **values)


def test_the_table_has_a_row_for_each_kind_and_one_for_all():
    results = [
        result("kill a service", FaultAction("kill", "rooms-1"), began_at=10.0, ended_at=20.0,
               acknowledged=100, standstills=[0.1, 0.5]),
        result("hold broker", FaultAction("hold", "broker", 4.0), began_at=30.0, ended_at=40.0,
               acknowledged=50, standstills=[4.5]),
    ]
    findings = [Finding(LOST, "s1", "", at=35.0), Finding(DOUBLED, "s1", "")]
    head, held, killed, total = map(str.split, report.table(results, findings))
    assert head[0] == "fault"
    assert killed == "kill a service 1 100 0 0 0.50 s 0.50 s 2 s".split()
    assert held == "hold broker 1 50 1 0 4.50 s 4.50 s 14 s".split()
    assert total == "all 2 150 1 1 0.50 s 4.50 s".split()


def test_a_loss_just_before_a_fault_counts_for_that_fault():
    [first, then] = [
        result("kill", FaultAction("kill", "rooms-1"), began_at=began, ended_at=began + 10)
        for began in (10.0, 20.0)
    ]
    lost = Finding(LOST, "s1", "", at=19.5)
    assert (first.covers(lost), then.covers(lost)) == (False, True)


def test_a_standstill_over_the_goal_is_reported():
    killed = FaultAction("kill", "rooms-1")
    assert "over the goal" in str(result("kill", killed, began_at=0.0, standstills=[2.1]))
    assert "over the goal" not in str(result("kill", killed, began_at=0.0, standstills=[1.9]))
