"""The documentation describes all events, tables, metrics, codes, commands and games."""

import re

import pytest

import accounts.events
import accounts.models
import auth.events
import auth.models
import auth.token_families
import gateway.protocol.close_codes
import private_rooms.events
import private_rooms.models
import rooms.events
import rooms.models
import searcher.events
import sessions.commands
import sessions.events
import sessions.match
import sessions.models
from arbiter_games.plugins import load_games
from extensions.fault_points import Point
from gateway.broker.event_exchange import EXCHANGE, SOURCES
from tests.client import EVENTS
from tests.docs.pages import codes, read, rows, section
from tests.monitored import METRICS

PROTOCOL, EVENTS_PAGE = read("docs/protocol.md"), read("docs/events.md")
FAILURES = read("docs/failures.md")
OPERATIONS = read("docs/operations.md")
MODULES = [
    accounts.events, auth.events, private_rooms.events, rooms.events, searcher.events,
    sessions.events,
]
# Events that are published, but not sent to clients under that name.
NOT_TOLD = {
    accounts.events.CREATED, accounts.events.UPDATED, accounts.events.DELETED,
    auth.events.REVOKED, auth.events.GUEST_DELETED, searcher.events.STOPPED,
    sessions.events.RESULT,
}
# Notifications that come from the gateway itself.
OF_THE_GATEWAY = {"auth.expiring"}


def names_of(module) -> tuple[set[str], set[str]]:
    """Return the exchanges and the events of a service."""
    found = {
        name: value for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
    exchanges = {value for name, value in found.items() if name.endswith("EXCHANGE")}
    return exchanges, set(found.values()) - exchanges


EXCHANGES = set().union(*(names_of(module)[0] for module in MODULES))
ANNOUNCED = set().union(*(names_of(module)[1] for module in MODULES))


def notifications() -> dict[str, set[str]]:
    """Return the notifications on the protocol page, each with the names of its params."""
    found = {}
    for events, _, params in rows(section(PROTOCOL, "## Notifications")):
        inside = {re.split(r"\W", name)[0] for name in codes(params)}
        found |= {event: {"at", *inside} for event in codes(events)}
    return found


def test_every_notification_is_described_with_its_params():
    assert set(notifications()) == ANNOUNCED - NOT_TOLD | OF_THE_GATEWAY
    assert notifications() == EVENTS


def test_the_events_table_has_every_exchange_and_every_event():
    table = rows(section(EVENTS_PAGE, "## Events"))
    told = {codes(row[0])[0]: set(codes(row[2])) for row in table if row[0].startswith("`")}
    assert set(told) == EXCHANGES
    assert set().union(*told.values()) == ANNOUNCED
    for module in MODULES:
        exchanges, events = names_of(module)
        assert set().union(*(told[exchange] for exchange in exchanges)) == events


def test_the_sources_of_the_gateways_exchange_are_described():
    others = "`session.results`, `room.private_changes` and `auth.deleted_guests`"
    assert f"`{EXCHANGE}`, bound to every fanout but {others}" in EVENTS_PAGE
    assert set(SOURCES) == EXCHANGES - {
        "session.results", "room.private_changes", "auth.deleted_guests"
    }


@pytest.mark.parametrize(
    "service, bases",
    [
        ("accounts", [accounts.models.Base]),
        ("auth", [auth.models.Base, auth.token_families.Tokens]),
        ("private_rooms", [private_rooms.models.Base]),
        ("rooms", [rooms.models.Base]),
        ("sessions", [sessions.models.Base]),
    ],
)
def test_every_table_is_described_with_its_bound(service, bases):
    table = rows(section(OPERATIONS, "## Data"))
    told = {name for row in table for name in codes(row[1]) if codes(row[0]) == [service]}
    tables = {name for base in bases for name in base.metadata.tables}
    assert told | {"announcements"} == tables
    assert all(row[3] for row in table), "each has a bound"


def test_every_metric_is_described_with_its_labels():
    table = rows(section(OPERATIONS, "## Metrics"))
    told = {codes(row[0])[0]: codes(row[1]) for row in table}
    assert list(told) == [codes(row[0])[0] for row in table], "each once"
    assert set(told) == set(METRICS)
    for name, labels in METRICS.items():
        assert set(labels) <= set(told[name]), name


def test_every_fault_point_is_described():
    told = [codes(row[0])[0] for row in rows(section(FAILURES, "## Fault points"))]
    assert told == list(Point)


def test_every_close_code_is_described():
    told = {int(row[0]) for row in rows(section(PROTOCOL, "## Close codes"))}
    used = {
        value for name, value in vars(gateway.protocol.close_codes).items()
        if name.isupper()
    }
    assert told >= {1000, 1001, 1003, 1008, 1009, 4401, 4408}
    assert told - {1000, 1002, 1007} <= used <= told  # those are wsproto's


def test_every_command_is_described():
    told = [codes(row[0])[0] for row in rows(section(PROTOCOL, "## Commands"))]
    assert told == list(sessions.commands.TYPES)


def test_every_reason_for_the_end_of_a_session_is_described():
    told = {name for row in rows(section(PROTOCOL, "## The end")) for name in codes(row[0])}
    ends = {
        value for name, value in vars(sessions.match).items()
        if name in ("RESIGNATION", "AGREEMENT", "TIMEOUT", "ABANDONMENT", "ABORTED")
    }
    assert len(ends) == 5 and ends <= told


def test_every_game_is_described():
    for game in load_games().values():
        if not type(game).__module__.endswith(".variants"):
            assert f"`{game.name}`" in section(PROTOCOL, f"## {game.title}")
