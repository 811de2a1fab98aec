"""What is watched: the metrics that the sources define, and those that alarms and panels use."""

import json
from collections.abc import Iterator
from typing import Any

import promql_parser
import yaml
from prometheus_client.metrics import MetricWrapperBase

import bots.metrics
import extensions.observability.metrics
import gateway.metrics
import searcher.metrics
import sessions.metrics
from tests.process import ROOT

MODULES = (
    bots.metrics, extensions.observability.metrics, gateway.metrics, searcher.metrics,
    sessions.metrics,
)
# What a scrape adds to all that it finds, and what a histogram's buckets are told apart by.
OF_TARGETS = {"job", "instance", "service"}


def _name(metric: MetricWrapperBase) -> str:
    [family] = metric.describe()
    return f"{family.name}_total" if family.type == "counter" else family.name


METRICS = {
    _name(metric): metric._labelnames for module in MODULES
    for metric in vars(module).values() if isinstance(metric, MetricWrapperBase)
}


def rules() -> list[dict[str, Any]]:
    """The alert rules."""
    read = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """The panels of the dashboard."""
    return json.loads((ROOT / "deploy/grafana/arbiter.json").read_text())["panels"]


def expressions() -> Iterator[tuple[str, str]]:
    """What alarms and panels ask, each with where it stands, as Prometheus would get it."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")


def nodes(expression: str) -> list[Any]:
    """All nodes of an expression; ValueError for one that is none."""
    found: list[Any] = []
    promql_parser.walk(promql_parser.parse(expression), lambda node: found.append(node))
    return found


def selected(expression: str) -> Iterator[tuple[str, set[str]]]:
    """The series that an expression asks for by name, with the labels that it picks them by."""
    for node in nodes(expression):
        if isinstance(node, promql_parser.VectorSelector):
            yield node.name, {matcher.name for matcher in node.matchers.matchers}


def grouped(expression: str) -> Iterator[tuple[set[str], set[str]]]:
    """The labels that series are summed up by, with the names of those series."""
    for node in nodes(expression):
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
            series = {name for name, _ in selected(node.expr.prettify())}
            yield set(node.modifier.labels), series
