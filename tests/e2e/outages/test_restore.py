"""Databases are dumped while games go on, and restored later: what players see then."""

import os
import re
import subprocess

import eventlet
import pytest
from sqlalchemy.engine import make_url

from tests import postgres
from tests.client import CheckedClient
from tests.conftest import OUTAGES
from tests.docs.pages import blocks, read
from tests.e2e.outages.conftest import IMPATIENT
from tests.e2e.playing import RESIGN, begin, both_move, by_room, play_out, wait_for_version
from tests.stack import Stack
from tools.launch.backends import DATABASES
from tools.launch.postgres import binaries

PAGE = read("docs/backup.md")


@pytest.fixture(scope="module")
def databases(postgres_server):
    """New databases in PostgreSQL, by their settings."""
    return {name: postgres.new_database(postgres_server) for name in DATABASES}


@pytest.fixture(scope="module")
def running_stack(broker, databases, tmp_path_factory):
    """All of Arbiter on PostgreSQL."""
    folder = tmp_path_factory.mktemp("stack")
    with Stack(folder, broker.uri(OUTAGES), **databases, **IMPATIENT) as stack:
        yield stack


@pytest.fixture
def run_shown(databases, broker, tmp_path):
    """Runs commands of the page, on the databases of this test and its broker."""
    names = {DATABASES[name]: make_url(uri) for name, uri in databases.items()}
    server = next(iter(names.values()))
    environment = {
        "PATH": f"{tmp_path}:{binaries()}:{os.environ['PATH']}", "PGHOST": server.host,
        "PGPORT": str(server.port), "PGUSER": server.username, "PGPASSWORD": server.password,
    }

    def run_shown(heading):
        [part] = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
        [shown] = blocks(part, "sh")
        for name, url in names.items():
            shown = re.sub(rf"(?<![.\w]){name}(?![.\w])", url.database, shown)
        for command in re.findall(r"^rabbitmqctl (.*)$", shown, re.MULTILINE):
            broker.control(*command.replace("--vhost arbiter", f"--vhost {OUTAGES}").split())
        shown = re.sub(r"^rabbitmqctl .*$", "", shown, flags=re.MULTILINE)
        subprocess.run(["sh", "-eu", "-c", shown], cwd=tmp_path, env=environment, check=True)

    return run_shown


def test_games_go_on_from_where_they_were_when_they_were_dumped(
    stack, run_shown, two_players, player, connect
):
    one, other = two_players
    session_id = begin(one, other)
    dumped = both_move(one, other, session_id)
    others = player(), player()
    of_others = by_room(*others)
    for each in others:
        each.connect(of_others)
    playing = eventlet.spawn(play_out, others, of_others)
    run_shown("Dump")
    playing.wait()

    lost = one.move(session_id, one.call("sessions.get", session_id=session_id)["legal"][0])
    wait_for_version(other, session_id, lost)
    late = player()
    for process in stack.processes.values():
        process.stop()
    run_shown("Restore")
    stack.start(*stack.processes)

    def again(before):
        client = connect(CheckedClient, url=stack.url())
        client.call("auth.authenticate", access_token=before.token)
        return client

    back, opponent = again(one), again(other)
    answer = back.call("sessions.connect", session_id=session_id, since=lost)
    assert (answer["session"]["version"], answer["session"]["status"]) == (dumped, "active")
    opponent.call("sessions.connect", session_id=session_id)
    moved = back.call(
        "sessions.execute", session_id=session_id, command_id="again",
        command={"type": "move", "move": answer["session"]["legal"][-1]},
    )
    wait_for_version(opponent, session_id, moved["version"])
    opponent.call(
        "sessions.execute", session_id=session_id, command_id="the end", command=RESIGN
    )
    assert back.wait_for("session.ended")["result"]["winner"] == one.login
    gone = connect(CheckedClient, url=stack.url())
    gone.refused("InvalidToken", "auth.authenticate", access_token=late.token)
    gone.call("auth.register", login=late.login, password=late.password)
