"""The scenario, how long games stood still, and the table: pure functions."""

import pytest

from tools.chaos import faults, recovery, report
from tools.chaos.observed import Sent
from tools.chaos.oracle import DOUBLED, LOST, Finding


def sent(acknowledged_at: float | None, thought: float = 0.0, last_sent_at: float = 0.0) -> Sent:
    return Sent("s1", "ada", "c1", {"type": "move"}, thought, last_sent_at, acknowledged_at)


def test_the_scenario_follows_from_the_seed():
    assert faults.scenario(1) == faults.scenario(1)
    assert faults.scenario(1) != faults.scenario(2)


def test_every_kind_of_fault_is_made_to_every_kind_of_process():
    blows = [blow for fault in faults.scenario(3) for blow in fault.blows if len(fault.blows) == 1]
    done = {(blow.action, blow.target.removesuffix("-1").removesuffix("-2")) for blow in blows}
    assert done == {*faults.every_single(), ("nothing", "at all")}


@pytest.mark.parametrize("action", [faults.KILL, faults.TERM, faults.PAUSE])
def test_every_service_and_the_gateways_are_killed_ended_and_paused(action):
    done = {target for each, target in faults.every_single() if each == action}
    assert {*faults.SERVICES, "gateway"} <= done


@pytest.mark.parametrize("action", [faults.CUT, faults.REFUSE, faults.HOLD, faults.LONG_HOLD])
def test_every_link_is_cut_refused_and_held(action):
    done = {target for each, target in faults.every_single() if each == action}
    assert done == {"players", *faults.ENGINES}


def test_a_long_hold_outlasts_the_others():
    singles = [fault for fault in faults.scenario(5) if len(fault.blows) == 1]
    long = [fault.lasting for fault in singles if fault.kind.startswith(faults.LONG_HOLD)]
    others = [fault.lasting for fault in singles if not fault.kind.startswith(faults.LONG_HOLD)]
    assert min(long) > 3 * max(others)


def test_a_run_is_well_only_if_it_is_complete():
    fault = faults.Fault("kill broker", (faults.Blow("kill", "broker"),))
    assert report.verdict([], [])[0] == 0
    status, [said] = report.verdict([], [fault])
    assert status == report.INCOMPLETE != 0
    assert said == "Not complete. There was no time for 1 of the faults: kill broker."
    status, said = report.verdict([Finding(LOST, "s1", "gone")], [fault])
    assert status == report.WRONG and "lost" in said[0] and "Not complete" in said[1]


def test_pairs_come_last_and_are_all_there():
    scenario = faults.scenario(4)
    assert [len(fault.blows) for fault in scenario[-len(faults.PAIRS):]] == [2] * len(faults.PAIRS)


def test_a_fault_lasts_until_its_last_blow_is_over():
    blows = (faults.Blow("kill", "redis"), faults.Blow("hold", "broker", lasting=4, after=0.5))
    assert faults.Fault("two at once", blows).lasting == 4.5


def test_a_table_stands_still_from_when_somebody_has_thought_enough():
    commands = [sent(10.0), sent(11.0, thought=0.75), sent(12.5, thought=0.25)]
    assert recovery.standstills(commands, since=9.0, until=20.0) == [1.0, 0.25, 1.25]


def test_what_lies_before_the_fault_does_not_count():
    commands = [sent(10.0), sent(14.0, thought=1.0)]
    assert recovery.standstills(commands, since=13.0, until=20.0) == [1.0]


def test_who_still_thinks_does_not_stand_still():
    commands = [sent(10.0), sent(12.0, thought=2.5)]
    assert recovery.standstills(commands, since=11.0, until=20.0) == [0.0]


def test_what_was_acknowledged_later_or_never_is_no_part_of_it():
    assert recovery.standstills([sent(None), sent(21.0)], since=9.0, until=20.0) == []


def test_a_table_goes_on_by_what_was_sent_after_the_fault():
    assert recovery.goes_on([sent(12.0, last_sent_at=11.0)], since=10.0)
    assert not recovery.goes_on([sent(12.0, last_sent_at=9.0)], since=10.0)
    assert not recovery.goes_on([sent(None, last_sent_at=11.0)], since=10.0)


def strike(kind: str, blow: faults.Blow, **values) -> report.Strike:
    return report.Strike(faults.Fault(kind, (blow,)), **values)


def test_the_table_has_a_row_for_each_kind_and_one_for_all():
    strikes = [
        strike("kill a service", faults.Blow("kill", "rooms-1"), began=10.0, until=20.0,
               acknowledged=100, standstills=[0.1, 0.5]),
        strike("hold broker", faults.Blow("hold", "broker", 4.0), began=30.0, until=40.0,
               acknowledged=50, standstills=[4.5]),
    ]
    findings = [Finding(LOST, "s1", "", at=35.0), Finding(DOUBLED, "s1", "")]
    head, held, killed, total = map(str.split, report.table(strikes, findings))
    assert head[0] == "fault"
    assert killed == "kill a service 1 100 0 0 0.50 s 0.50 s 2 s".split()
    assert held == "hold broker 1 50 1 0 4.50 s 4.50 s 14 s".split()
    assert total == "all 2 150 1 1 0.50 s 4.50 s".split()


def test_what_was_lost_right_after_its_acknowledgement_counts_for_the_fault_that_came_then():
    [first, then] = [
        strike("kill", faults.Blow("kill", "rooms-1"), began=began, until=began + 10)
        for began in (10.0, 20.0)
    ]
    lost = Finding(LOST, "s1", "", at=19.5)
    assert (first.holds(lost), then.holds(lost)) == (False, True)


def test_what_took_longer_than_the_goal_is_said():
    killed = faults.Blow("kill", "rooms-1")
    assert "over the goal" in str(strike("kill", killed, began=0.0, standstills=[2.1]))
    assert "over the goal" not in str(strike("kill", killed, began=0.0, standstills=[1.9]))
