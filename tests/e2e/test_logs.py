"""The logs of all processes: one id finds the whole way of a move, and no secrets are logged."""

import json
import re
import time
from urllib.parse import unquote, urlsplit

import pytest

from client import Refused
from extensions.observability.log_handler import FLUSH_INTERVAL_SECONDS
from tests.client import CheckedClient, Player
from tests.e2e.playing import RESIGN, begin, both_move, wait_for_version
from tests.stack import SERVICES, eventually

LINE = re.compile(
    r"\S+Z [A-Z]+ (?P<process>\w+) request_log: \[(?P<request_id>\S+)\] (?P<message>\w+)"
)
FIELD = re.compile(r"(\w+)=(\S+)")
ALL_OF_IT = {
    "LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG", "REQUEST_LOG_LEVEL": "DEBUG",
    "NAMEKO_LOG_LEVEL": "DEBUG",
}


@pytest.fixture
def talkative_stack(stack):
    """The stack, logging as much as it can, refusals with their tracebacks, as JSON."""
    with stack.given(*SERVICES, "gateway", **ALL_OF_IT):
        yield stack


@pytest.fixture
def elsewhere(stack):
    """A second gateway, that logs like the first: its URL."""
    settings = stack.processes["gateway"].settings
    process = stack.start_gateway(**{name: settings[name] for name in ALL_OF_IT.keys() & settings})
    yield stack.url(process.port)
    stack.remove("second gateway")


@pytest.fixture
def lines(stack):
    """The lines about calls that a process, by its name in the stack, has written; in order."""
    return lambda name: [
        found for text in stack.said(name).splitlines() if (found := parsed(text))
    ]


def parsed(text):
    if text.startswith("{"):
        entry = json.loads(text)
        return entry if entry["logger"] == "request_log" else None
    found = LINE.match(text)
    return {**found.groupdict(), **dict(FIELD.findall(text[found.end():]))} if found else None


def the_line(lines, process, request_id, **fields):
    """The one line of a call that a process writes with these fields."""

    def written():
        return [
            line for line in lines(process)
            if line["request_id"] == request_id and fields.items() <= line.items()
        ]

    [line] = eventually(written, what=f"a line of {process} with {fields}")
    return line


def asked(lines, method, login):
    """The id of the call that is a player's last request for this method."""

    def requests():
        return [
            line for line in lines("gateway")
            if (line.get("method"), line.get("login")) == (method, login)
        ]

    return eventually(requests, what=f"a request for {method}")[-1]["request_id"]


def meet(one, other):
    """A session of these two, who have met in a private room and are connected; the room's key."""
    key = one.call("private_rooms.create")["connection_key"]
    session_id = other.call("private_rooms.join", connection_key=key)["session_id"]
    for each in (one, other):
        each.connect(session_id)
    return session_id, key


def check_the_way_of_a_move(one, other, session_id, lines):
    """Fail unless one id finds the move in both gateways and in the session service."""
    version = one.move(session_id, "b2b3")
    wait_for_version(other, session_id, version)
    move = asked(lines, "sessions.execute", one.login)
    assert the_line(lines, "gateway", move, message="request")["outcome"] == "ok"
    command = the_line(lines, "sessions", move, message="command", login=one.login)
    assert (command["process"], command["session"]) == ("sessions", session_id)
    assert (command["type"], command["outcome"], int(command["version"])) == ("move", "ok", version)
    for gateway in ("gateway", "second gateway"):
        event = the_line(lines, gateway, move, message="event")
        assert event["key"] == f"session.{session_id}.all"


def test_a_moves_whole_way_is_found_by_one_id(talkative_stack, player, connect, elsewhere, lines):
    one, other = player(), connect(Player, url=elsewhere)
    session_id, _ = meet(one, other)
    check_the_way_of_a_move(one, other, session_id, lines)


def test_move_writes_one_line(two_players, lines):
    one, other = two_players
    session_id = begin(one, other)
    version = one.move(session_id, "b2b3")
    wait_for_version(other, session_id, version)

    def commands():
        return [
            line for line in lines("sessions")
            if (line["message"], line.get("session")) == ("command", session_id)
        ]

    [command] = eventually(commands, what="the line of the command")
    time.sleep(3 * FLUSH_INTERVAL_SECONDS)  # until all others would have written theirs
    written = [
        line for name in (*SERVICES, "gateway") for line in lines(name)
        if line["request_id"] == command["request_id"]
    ]
    assert written == [command]


def test_from_service_to_service_it_is_the_same_id(two_players, lines):
    one, other = two_players
    meet(one, other)
    join = asked(lines, "private_rooms.join", other.login)
    for service, method in (("private_rooms", "join"), ("rooms", "join"), ("sessions", "create")):
        served = the_line(lines, service, join, method=f"{service}.{method}")
        assert served["outcome"] == "ok" and served["stack"].startswith(f"{join}>")


def test_the_last_move_is_found_as_far_as_the_ratings(two_players, lines):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    one.command(session_id, RESIGN)
    [end] = eventually(
        lambda: [
            line["request_id"] for line in lines("sessions")
            if (line["message"], line.get("type")) == ("command", "resign")
        ]
    )
    assert the_line(lines, "accounts", end, message="served")["outcome"] == "ok"


def test_no_secrets_are_logged(
    talkative_stack, failures_logged, player, connect, elsewhere, lines
):
    one, other, third = player(), connect(Player, url=elsewhere), player()
    session_id, key = meet(one, other)
    check_the_way_of_a_move(one, other, session_id, lines)
    secrets = {
        key, *identify(third, connect), *passwords_in(talkative_stack.settings),
        *(each.password for each in (one, other)),
        *(each.tokens[name] for each in (one, other) for name in ("access_token", "refresh_token")),
    }
    written = {
        name: process.log.read_text() for name, process in talkative_stack.processes.items()
    }
    assert all('"level": "DEBUG"' in text for text in written.values())
    assert [
        (name, secret) for name, text in written.items() for secret in secrets if secret in text
    ] == []


def identify(player, connect):
    """Have a player show who they are in every way that there is, also wrongly: all secrets."""
    new, wrong, nonsense = "another good password", "a wrong password", "nonsense-for-a-token"
    client = connect(CheckedClient)
    client.refused("InvalidCredentials", "auth.login", login=player.login, password=wrong)
    client.refused("InvalidParams", "auth.login", login=player.login, pass_word=wrong)
    client.refused("InvalidToken", "auth.authenticate", access_token=nonsense)
    client.refused("InvalidToken", "auth.refresh", refresh_token=nonsense)
    refreshed = client.call("auth.refresh", refresh_token=player.tokens["refresh_token"])
    player.call("auth.authenticate", access_token=refreshed["access_token"])
    player.call("auth.change_password", password=player.password, new_password=new)
    with pytest.raises(Refused):
        client.call("auth.refresh", refresh_token=player.tokens["refresh_token"])
    again = client.call("auth.login", login=player.login, password=new)
    tokens = [
        each[name] for each in (player.tokens, refreshed, again)
        for name in ("access_token", "refresh_token")
    ]
    return [player.password, new, wrong, nonsense, *tokens]


def passwords_in(settings):
    """What is secret in the settings: the key for tokens, and the passwords in addresses."""
    yield settings["TOKEN_SECRET"]
    for value in map(str, settings.values()):
        if "://" in value and (password := urlsplit(value).password):
            yield unquote(password)
