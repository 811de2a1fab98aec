"""Alarms and panels ask for what there is, and each alarm has its section."""

import re

import pytest

from tests.docs.pages import read
from tests.docs.test_links import anchors
from tests.monitored import METRICS, OF_TARGETS, expressions, grouped, panels, rules, selected

PAGE = read("docs/alarms.md")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
OTHERS = {"ALERTS": {"alertname", "alertstate"}}
PARTS = ["Means.", "Players notice.", "Look at.", "Do."]
DURATION = re.compile(r"\d+[smh]")


def labels_of(series: str) -> set[str] | None:
    """The labels that a series may be picked by; None where nothing tells it."""
    if series == "up" or series.startswith("process_"):  # whether these are told, e2e looks
        return OF_TARGETS
    if series in OTHERS:
        return OTHERS[series]
    if series in METRICS:
        return {*METRICS[series], *OF_TARGETS}
    histogram, _, suffix = series.rpartition("_")
    if histogram in METRICS and suffix in ("bucket", "sum", "count"):
        return {*METRICS[histogram], *OF_TARGETS, "le"}
    return None


@pytest.mark.parametrize("place, expression", list(expressions()))
def test_what_is_asked_for_is_there(place, expression):
    for series, labels in selected(expression):
        assert labels_of(series) is not None, f"nothing tells {series}"
        assert labels <= labels_of(series), series
    for labels, names in grouped(expression):
        for series in names:
            assert labels <= labels_of(series), series


def test_what_is_not_there_would_be_found():
    [(series, labels)] = selected('rate(arbiter_no_such_total{kind="rpc"}[5m])')
    assert (series, labels) == ("arbiter_no_such_total", {"kind"})
    assert labels_of(series) is None
    assert list(grouped("sum by (le) (rate(a_bucket[1m]))")) == [({"le"}, {"a_bucket"})]
    with pytest.raises(ValueError):
        list(selected("sum(rate(up[5m])"))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alarm_says_how_bad_it_is_and_where_to_read_on(rule):
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"] in ({"severity": "critical"}, {"severity": "warning"})
    assert DURATION.fullmatch(rule.get("for", "0s"))
    assert set(rule["annotations"]) == {"summary", "runbook_url"}
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert (page, anchor) == ("docs/alarms.md", rule["alert"].lower())
    assert anchor in anchors(PAGE)


def test_each_alarm_has_a_section_and_each_section_an_alarm():
    assert list(SECTIONS) == [rule["alert"] for rule in rules()]


@pytest.mark.parametrize("name", list(SECTIONS))
def test_a_section_says_what_to_do(name):
    assert re.findall(r"^\*\*(.+?)\*\*", SECTIONS[name], re.MULTILINE) == PARTS


def test_the_page_names_metrics_that_there_are():
    assert set(re.findall(r"`(arbiter_\w+)`", PAGE)) <= set(METRICS)


def test_every_panel_has_a_place_and_a_number_of_its_own():
    assert len({panel["id"] for panel in panels()}) == len(panels())
    places = [tuple(panel["gridPos"][side] for side in "xywh") for panel in panels()]
    assert len(set(places)) == len(places)
    assert all(panel["targets"] for panel in panels() if panel["type"] != "row")
