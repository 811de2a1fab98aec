"""Results come by a durable queue: counted once, whatever was down, and whatever else is sent."""

import eventlet
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import extensions.amqp.durable_consumer
from accounts import ratings, session_results
from accounts.exceptions import AccountNotFound
from accounts.models import Base, CountedSession
from accounts.service import AccountsService
from tests.interface.results import results_for
from tests.stack import eventually

QUEUE = session_results.QUEUE.name


@pytest.fixture
def results(settings):
    with results_for(QUEUE, settings["AMQP_URI"]) as results:
        yield results


@pytest.fixture
def accounts(results, containers, cluster):
    """The service, with players; `run` starts it, and `stop` stops it."""

    class Accounts:
        def run(self):
            self.container = containers(AccountsService)

        def stop(self):
            self.container.stop()

        def __getattr__(self, name):
            return getattr(cluster.accounts, name)

    running = Accounts()
    running.run()
    for login in ("alice", "bob", "carol"):
        running.create(login)
    return running


@pytest.fixture
def end(results):
    """Announces that a session has ended."""
    return lambda session_id, by_player: results.announce(
        session_id, by_player, by_player=by_player
    )


@pytest.fixture
def rating(accounts):
    return lambda login: accounts.get(login, ["dobutsu"])["ratings"]["dobutsu"]


@pytest.fixture
def counted(rating):
    """Waits until a player has so many rated games."""
    return lambda login, games: eventually(
        lambda: rating(login)["games"] == games, what=f"game {games} of {login}"
    )


def test_a_result_is_counted_when_it_is_announced(accounts, end, counted, rating):
    end("one", {"alice": 1, "bob": 0})
    counted("alice", 1)
    assert rating("alice")["wins"] == rating("bob")["losses"] == 1
    assert [each["login"] for each in accounts.leaderboard("dobutsu")["items"]] == ["alice", "bob"]


def test_the_rating_history_has_every_counted_result(accounts, end, counted, rating):
    for games, session_id in enumerate(("one", "two"), start=1):
        end(session_id, {"alice": 1, "bob": 0})
        counted("alice", games)
    page = accounts.rating_history("alice", "alice", "dobutsu", 1)
    [newest] = page["items"]
    assert (newest["session_id"], newest["rating"]) == ("two", rating("alice")["rating"])
    rest = accounts.rating_history("alice", "alice", "dobutsu", 1, page["next"])
    assert [each["session_id"] for each in rest["items"]] == ["one"] and rest["next"] is None
    accounts.delete("alice")
    with pytest.raises(AccountNotFound):
        accounts.rating_history("bob", "alice", "dobutsu")


def test_a_result_sent_while_the_service_is_down_is_counted(accounts, end, counted):
    accounts.stop()
    end("one", {"alice": 1, "bob": 0})
    end("two", {"alice": 1, "bob": 0})
    accounts.run()
    counted("alice", 2)


def test_the_queue_and_its_results_outlive_the_broker(accounts, end, results):
    # This is refused if the queue were otherwise.
    results.channel.queue_declare(QUEUE, durable=True, auto_delete=False)
    accounts.stop()
    end("one", {"alice": 1, "bob": 0})
    message = eventually(lambda: results.channel.basic_get(QUEUE, no_ack=True))
    assert message.properties["delivery_mode"] == 2


def test_a_result_that_is_delivered_twice_is_counted_once(accounts, end, counted, rating):
    for session_id in ("one", "one", "two", "one"):
        end(session_id, {"alice": 1, "bob": 0})
    end("last", {"carol": 1, "bob": 0})
    counted("carol", 1)
    counted("bob", 3)
    assert rating("alice")["games"] == 2


def test_many_results_at_once_are_all_counted(accounts, end, counted, rows):
    players = ["alice", "bob", "carol"]
    for number in range(60):
        one, other = players[number % 3], players[(number + 1) % 3]
        end(f"session-{number}", {one: number % 2, other: 1 - number % 2})
    for login in players:
        counted(login, 40)
    assert len(rows("accounts", Base, select(CountedSession.session_id))) == 60


@pytest.mark.parametrize(
    ("body", "properties"),
    [
        ("{", {}), ("null", {}), ('{"params": {}}', {}), ("\xff", {"content_encoding": "ascii"}),
        ("x", {"content_type": "application/x-python-serialize"}),
    ],
)
def test_a_malformed_message_is_dropped(accounts, results, end, counted, body, properties):
    results.publish(body.encode("latin1"), **properties)
    end("one", {"alice": 1, "bob": 0})
    counted("alice", 1)
    accounts.stop()
    assert results.count_waiting() == 0


def test_a_result_that_cannot_be_stored_now_is_counted_later(accounts, end, counted, monkeypatch):
    monkeypatch.setattr(extensions.amqp.durable_consumer, "RETRY_PAUSE_SECONDS", 0.05)
    tried, count = [], ratings.count

    def fail_twice(session, result, now):
        tried.append(result.session_id)
        if len(tried) < 3:
            raise OperationalError("", {}, Exception("the database is away"))
        count(session, result, now)

    monkeypatch.setattr(ratings, "count", fail_twice)
    end("one", {"alice": 1, "bob": 0})
    counted("alice", 1)
    assert tried == ["one"] * 3


def test_a_result_that_will_never_be_stored_is_dropped(
    accounts, results, end, counted, monkeypatch
):
    count = ratings.count

    def fail_for_one(session, result, now):
        if result.session_id == "one":
            raise ZeroDivisionError
        count(session, result, now)

    monkeypatch.setattr(ratings, "count", fail_for_one)
    end("one", {"alice": 1, "bob": 0})
    end("two", {"alice": 1, "bob": 0})
    counted("alice", 1)
    accounts.stop()
    assert results.count_waiting() == 0


def test_a_result_being_counted_at_a_death_is_counted_later(accounts, end, counted, monkeypatch):
    started = eventlet.event.Event()

    def never_end(*_):
        started.send()
        eventlet.event.Event().wait()

    with monkeypatch.context() as stuck:
        stuck.setattr(ratings, "count", never_end)
        end("one", {"alice": 1, "bob": 0})
        started.wait()
        accounts.container.kill()
    accounts.run()
    counted("alice", 1)
