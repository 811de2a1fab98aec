"""The pages that are written from the figures."""

import json
from xml.etree import ElementTree

import pytest

from tests.tools.bench.conftest import MOVES
from tools.bench import __main__ as bench
from tools.bench import data
from tools.bench.costs import MEASUREMENTS
from tools.bench.goals import GOALS
from tools.bench.report import parts, plain_use, remarks, scaling_page, writing
from tools.bench.steps import FULL, WITHOUT_SERVER
from tools.launch.settings import DEFAULT, PRODUCTION


def test_the_figures_have_all_measurements(figures):
    assert figures.keys() - {"machine"} == {each.name for each in (*FULL, *WITHOUT_SERVER)}
    assert set(MEASUREMENTS) <= figures.keys()


def test_the_pages_of_the_documentation_are_those_of_its_figures():
    for name, text in writing.pages(data.load()).items():
        assert (data.DOCS / name).read_text() == text, "run `python -m tools.bench.report`"


def test_the_page_has_every_figure_of_a_set(figures):
    page = writing.pages({PRODUCTION: figures})["performance.md"]
    assert "2 cores of a processor" in page
    assert "| 50 games | 900 | 9.0 | 0.80 | 2.0 | 8.0 | 1.50 | 0.10 | 0.02 |" in page
    assert "sessions/match.py 90, nameko 10" in page
    assert "| sessions.list | 0.50 |" in page
    assert "99 of 100 players were back" in page and "7 x Refused: try again" in page
    assert "too much" not in page and "Without figures" not in page


def test_the_page_says_what_could_not_be_measured_and_why(figures):
    figures["herd"] = {"failed": "ToolError: It was not done after 9 s."}
    figures["moves_50"] = {**MOVES, "others_cores": 0.9}
    page = writing.pages({PRODUCTION: figures})["performance.md"]
    assert "It was not done after 9 s." in page
    assert "too busy for reliable rates" in page


def test_the_page_lists_what_a_set_misses_with_its_remark(figures):
    figures["moves_1"] = {**figures["moves_1"], "moves_per_second": 499.0}
    page = writing.pages({PRODUCTION: figures})["performance.md"]
    missed = page.partition("## What is missed")[2].partition("\n## ")[0]
    assert "**one game alone**: 499 moves/s on production's set (≥ 500)." in missed
    assert "one after another, through gateway, broker, session service" in missed


def test_the_page_keeps_the_remarks_on_goals_that_are_reached(figures):
    page = writing.pages({PRODUCTION: figures})["performance.md"]
    missed, _, others = page.partition("## What bounds the others")
    assert "**one game alone**" not in missed
    assert "- **one game alone**.\n" in others


def test_the_remarks_are_on_goals():
    assert remarks.REMARKS.keys() <= {goal.title for goal in GOALS}


def test_the_page_adds_up_the_parts_of_a_move(figures):
    page = writing.pages({PRODUCTION: figures})["performance.md"]
    assert "| part of a move | gateway | sessions | broker | postgres | floor |" in page
    assert "| database |  | 10 |  | 100 | 120 |" in page
    assert f"| {parts.OTHER} |  | 10 |  |  |  |" in page
    assert "| all | 0 | 110 | 100 | 100 |  |" in page


def test_the_comparison_has_the_parts_of_a_move_and_adds_up():
    rows = [row.split("|")[1:-1] for row in plain_use.SECTION.splitlines() if row.startswith("| ")]
    head, _, *listed, total = rows
    assert [row[0].strip() for row in listed] == [part for part in parts.PARTS if part != "JSON"]
    for column in range(1, len(head)):
        figures = [int(row[column].replace(",", "").strip() or 0) for row in (*listed, total)]
        assert sum(figures[:-1]) == figures[-1]


@pytest.mark.parametrize(("module", "part"), [
    ("sessions/storage/match_rows.py", "database"), ("eventlet", parts.OTHER),
    ("sessions/match.py", "commands: what each does to a session"),
])
def test_a_module_belongs_to_the_first_part_that_names_it(module, part):
    assert parts.part_of(module) == part


def test_the_chart_has_a_bar_for_each_goal_of_a_set(figures):
    chart = writing.pages({DEFAULT: figures, PRODUCTION: figures})["performance.svg"]
    bars = [
        each for each in ElementTree.fromstring(chart).iter("{http://www.w3.org/2000/svg}rect")
        if each.get("height") == "14"
    ]
    assert {each.get("class") for each in bars} == {DEFAULT, PRODUCTION}
    assert all(0 < float(each.get("width")) < 400 for each in bars)


def test_scaling_needs_its_measurements(figures):
    assert "| 10,000 | 100,000 | 1,000,000 |" in scaling_page.page({PRODUCTION: figures})
    figures["herd"] = {"failed": "ToolError: It was not done after 9 s."}
    assert "| after a gateway's death, s | – | – | – |" in scaling_page.page({PRODUCTION: figures})
    figures["memory"] = {"failed": "ToolError: Nobody is idle."}
    assert "memory: ToolError: Nobody is idle." in scaling_page.page({PRODUCTION: figures})
    assert "Not all that is needed was measured" in scaling_page.page({})


def test_figures_of_a_set_replace_only_those_of_the_same_set(figures, tmp_path):
    data.save({DEFAULT: {"herd": {"failed": "an error"}}, PRODUCTION: figures}, tmp_path)
    data.save({DEFAULT: {"idle": {"cores": 0.123456}}}, tmp_path)
    assert data.load(tmp_path) == {DEFAULT: {"idle": {"cores": 0.1235}}, PRODUCTION: figures}


def test_the_pages_are_written_after_each_set(monkeypatch, tmp_path, figures, capsys):
    monkeypatch.setattr(bench, "measure_set", lambda name, *_: figures)
    monkeypatch.setattr(bench, "provide", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["bench", "--busy", "--trial", "--folder", str(tmp_path)])
    assert bench.main() == 0
    assert json.loads((tmp_path / "performance.json").read_text()).keys() == {DEFAULT, PRODUCTION}
    assert {"performance.md", "performance.svg", "scaling.md"} <= {
        each.name for each in tmp_path.iterdir()
    }
    told = capsys.readouterr().out
    assert "Nothing has failed." in told
    assert "production: Stock Nameko answers 300 empty calls/s." in told


def test_a_quick_run_measures_productions_set_and_writes_nothing(monkeypatch):
    monkeypatch.delenv("BACKENDS", raising=False)
    monkeypatch.setattr("sys.argv", ["bench", "--quick"])
    options = bench.arguments()
    assert (options.sets, options.folder) == ([PRODUCTION], None)
