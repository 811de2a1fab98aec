"""Alarms and panels query existing series, and each alarm has a section in docs/alarms.md."""

import re

import pytest
import yaml

from tests.docs.pages import read
from tests.docs.test_links import anchors
from tests.monitored import METRICS, OF_TARGETS, expressions, grouped, panels, rules, selected

PAGE = read("docs/alarms.md")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
OTHERS = {"ALERTS": {"alertname", "alertstate"}}
PARTS = ["Means.", "Players notice.", "Look at.", "Do."]
DURATION = re.compile(r"\d+[smh]")


def labels_of(series: str) -> set[str] | None:
    """Return the labels that a series may be selected by; None if there is no such series."""
    if series == "up" or series.startswith("process_"):  # e2e tests check these
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
def test_alarms_and_panels_query_existing_series(place, expression):
    for series, labels in selected(expression):
        assert labels_of(series) is not None, f"there is no series {series}"
        assert labels <= labels_of(series), series
    for labels, names in grouped(expression):
        for series in names:
            assert labels <= labels_of(series), series


def test_an_unknown_series_is_found():
    [(series, labels)] = selected('rate(arbiter_no_such_total{kind="rpc"}[5m])')
    assert (series, labels) == ("arbiter_no_such_total", {"kind"})
    assert labels_of(series) is None
    assert list(grouped("sum by (le) (rate(a_bucket[1m]))")) == [({"le"}, {"a_bucket"})]
    with pytest.raises(ValueError):
        list(selected("sum(rate(up[5m])"))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alarm_has_a_severity_and_a_runbook(rule):
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"] in ({"severity": "critical"}, {"severity": "warning"})
    assert DURATION.fullmatch(rule.get("for", "0s"))
    assert set(rule["annotations"]) == {"summary", "runbook_url"}
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert (page, anchor) == ("docs/alarms.md", rule["alert"].lower())
    assert anchor in anchors(PAGE)


def test_each_critical_alarm_is_shown_to_fire():
    shown = {
        test["alertname"] for each in yaml.safe_load(read("deploy/prometheus/tests.yml"))["tests"]
        for test in each["alert_rule_test"] if test["exp_alerts"]
    }
    assert shown == {
        rule["alert"] for rule in rules() if rule["labels"]["severity"] == "critical"
    }


def test_alarms_and_sections_match():
    assert list(SECTIONS) == [rule["alert"] for rule in rules()]


@pytest.mark.parametrize("name", list(SECTIONS))
def test_a_section_has_its_four_parts(name):
    assert re.findall(r"^\*\*(.+?)\*\*", SECTIONS[name], re.MULTILINE) == PARTS


def test_the_page_names_existing_metrics():
    assert set(re.findall(r"`(arbiter_\w+)`", PAGE)) <= set(METRICS)


def test_every_panel_has_its_own_place_and_id():
    assert len({panel["id"] for panel in panels()}) == len(panels())
    places = [tuple(panel["gridPos"][side] for side in "xywh") for panel in panels()]
    assert len(set(places)) == len(places)
    assert all(panel["targets"] for panel in panels() if panel["type"] != "row")
