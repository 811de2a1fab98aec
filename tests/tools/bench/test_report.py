"""What is told of the measurements, and what is kept of those that fail."""

import pytest

from tools.bench import machine, suite
from tools.bench.goals import GOALS, problem
from tools.bench.report import tables
from tools.bench.steps import FULL, QUICK, WITHOUT_SERVER, Step
from tools.bench.subject import Scale
from tools.errors import ToolError

MOVES = {"moves_per_second": 900.0, "cpu_ms": 1.5, "others_cores": 0.04}
FIGURES = {"stock": {"calls_per_second": 600.0}, "moves_50": MOVES}
RATE, CPU = GOALS[:2]


def test_every_goal_comes_from_measurements_that_are_made():
    made = {each.name for each in (*FULL, *WITHOUT_SERVER)}
    assert {name for goal in GOALS for name in goal.measurements} <= made
    assert {each.name for each in QUICK} <= made


def test_a_goal_is_reached_more_with_a_higher_rate():
    assert RATE.figure(FIGURES) == pytest.approx(1.5)
    assert RATE.reached("default", FIGURES) == pytest.approx(0.5)


def test_a_goal_is_reached_less_with_a_higher_cost():
    assert CPU.reached("default", FIGURES) == pytest.approx(0.5)
    assert CPU.reached("production", FIGURES) == pytest.approx(1 / 1.5)


def test_a_figure_is_left_out_where_its_measurement_has_failed():
    figures = {**FIGURES, "stock": {"failed": "ToolError: no broker"}}
    assert RATE.figure(figures) is None and CPU.figure(figures) == 1.5
    assert problem(figures, "stock") == "ToolError: no broker"
    assert problem(figures, "herd") == "not measured"
    assert tables.failures({"default": figures}) == [
        "default: stock failed: ToolError: no broker"
    ]


def test_the_table_has_a_row_for_each_goal_with_a_figure():
    measured = {"default": FIGURES}
    assert tables.goal_head(measured) == ["", "default", "goal", "reached"]
    assert tables.goal_rows(measured) == [
        [RATE.title, "1.50", "≥ 3", "0.50"], [CPU.title, "1.50 ms", "≤ 0.75", "0.50"],
    ]


def test_a_number_has_no_sign_before_a_zero():
    assert [tables.number(each, 1) for each in (-0.04, 0.0, -0.06)] == ["0.0", "0.0", "-0.1"]


def test_the_busiest_moment_of_others_is_told():
    assert tables.busiest(FIGURES) == 0.04


def test_a_failed_step_leaves_the_rest_measured(monkeypatch, capsys):
    def refuse(_):
        raise ToolError("It was not done after 9 s.")

    monkeypatch.setattr(suite, "_subject", lambda *_: suite.ExitStack())
    steps = (Step("herd", "A herd", 1, refuse), Step("idle", "Nobody", 1, lambda _: {"cores": 0}))
    figures = suite.measure_set("default", steps, (), Scale(), suite.Clock(2))
    assert figures["herd"] == {"failed": "ToolError: It was not done after 9 s."}
    assert figures["idle"] == {"cores": 0}
    assert "failed: ToolError" in capsys.readouterr().err


def test_a_server_that_does_not_start_fails_each_measurement(monkeypatch):
    def refuse(*_):
        raise ToolError("The gateway is not ready.")

    monkeypatch.setattr(suite, "_subject", refuse)
    figures = suite.measure_set("default", QUICK, (), Scale(), suite.Clock(2))
    assert all("not ready" in figures[step.name]["failed"] for step in QUICK)


@pytest.mark.parametrize(("cores", "refused"), [(0.05, False), (0.15, True)])
def test_a_busy_machine_is_refused(monkeypatch, cores, refused):
    monkeypatch.setattr(machine, "cores_in_use", lambda: cores)
    if not refused:
        machine.require_quiet()
        return
    with pytest.raises(ToolError, match=r"0\.15 of a core.*--busy"):
        machine.require_quiet()
