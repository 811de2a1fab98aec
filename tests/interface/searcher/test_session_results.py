"""Results come by a durable queue of the searcher's own: who abort too often are kept apart."""

from functools import wraps

import pytest
import redis

from extensions.errors import StorageAway
from searcher import session_results
from searcher.models import APART
from searcher.redis_tables import PREFIX
from searcher.service import SearcherService
from tests.interface.results import results_for
from tests.stack import eventually
from tools.launch.redis import Redis


@pytest.fixture
def results(settings):
    with results_for(session_results.QUEUE.name, settings["AMQP_URI"]) as results:
        yield results


@pytest.fixture
def noted(monkeypatch):
    """The messages that the searcher has noted."""
    noted, note = [], SearcherService.note_result

    @wraps(note)
    def note_result(self, message):
        note(self, message)
        noted.append(message)

    monkeypatch.setattr(SearcherService, "note_result", note_result)
    return noted


@pytest.fixture
def run(results, containers, stand_in, noted):
    """Starts the searcher; what it is told stays with the process that was told."""
    stand_in(
        "sessions", create="session-1",
        complete_options=lambda game, options, seats: {"options": {"clock": None, "rated": True}},
    )
    return lambda: containers(SearcherService)


@pytest.fixture
def announced():
    """The sessions of which it was announced that they were aborted."""
    return []


@pytest.fixture
def abort(results, announced):
    """Announces that a session was aborted."""

    def abort(session_id, *players):
        results.announce(session_id, players, "aborted")
        announced.append(session_id)

    return abort


@pytest.fixture
def all_noted(announced, noted):
    """Waits until nothing is left to be noted."""
    return lambda: eventually(lambda: len(noted) == len(announced))


def meet(cluster, *logins):
    return [cluster.searcher.start(login, "dobutsu", {}, 1500)["status"] for login in logins]


def test_two_who_have_aborted_twice_do_not_meet(run, cluster, abort, all_noted):
    run()
    for session_id in ("one", "two"):
        abort(session_id, "alice", "bob")
    abort("three", "carol", "dave")
    all_noted()
    assert meet(cluster, "alice", "bob") == ["searching", "searching"]


def test_two_who_have_aborted_once_meet(run, cluster, abort, all_noted):
    run()
    for _ in range(2):
        abort("one", "alice", "bob")
    all_noted()
    assert meet(cluster, "alice", "bob") == ["searching", "found"]


def test_a_result_that_came_while_it_was_down_is_noted(run, cluster, abort, all_noted):
    run().stop()
    for session_id in ("one", "two"):
        abort(session_id, "alice", "bob")
    run()
    all_noted()
    assert meet(cluster, "alice", "bob") == ["searching", "searching"]


@pytest.fixture
def redis_of_its_own(settings, tmp_path):
    """The searcher's Redis, as its operator reaches it."""
    with Redis(tmp_path / "redis") as server, redis.Redis.from_url(server.uri()) as operator:
        settings["REDIS_URL"] = server.uri()
        yield operator
        settings["REDIS_URL"] = ""


def test_a_result_that_redis_could_not_store_is_noted_later(redis_of_its_own, run, cluster, abort):
    service = run()
    redis_of_its_own.config_set("min-replicas-to-write", 1)
    with pytest.raises(StorageAway):
        cluster.searcher.start("alice", "dobutsu", {}, 1500)
    abort("one", "alice", "bob")
    abort("two", "alice", "bob")
    [loop] = [each for each in service.health._loops.values() if each.name == "note_result"]
    eventually(lambda: loop._failing is StorageAway)
    redis_of_its_own.config_set("min-replicas-to-write", 0)
    eventually(lambda: redis_of_its_own.hlen(f"{PREFIX}{APART.name}") == 1)
    assert meet(cluster, "alice", "bob") == ["searching", "searching"]
    assert cluster.searcher.ping()["problems"] == []
