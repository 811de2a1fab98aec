"""A private RabbitMQ: who may connect, what it refuses, and what it keeps when it is killed."""

import os
from collections.abc import Iterator
from pathlib import Path

import amqp
import kombu
import pytest

from tests.tools.launch import processes
from tests.tools.launch.listening_ports import LOCALHOST, listening_on
from tools.launch import folder_flags, rabbitmq_config
from tools.launch.broker import Broker, connection_problem


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker"), vhosts=["games"]) as broker:
        yield broker


def store(uri: str, text: str) -> None:
    """Store a message in the broker of this address; return when it is confirmed."""
    with kombu.Connection(uri, transport_options={"confirm_publish": True}) as connection:
        queue = connection.SimpleQueue("kept")
        queue.put(text)
        queue.close()


def stored(uri: str) -> str:
    """Return the oldest stored message, and remove it."""
    with kombu.Connection(uri) as connection:
        queue = connection.SimpleQueue("kept")
        message = queue.get(timeout=30)
        message.ack()
        queue.close()
        return message.payload


def count_threads(pid: int, kind: str) -> int:
    names = [name.read_text() for name in Path(f"/proc/{pid}/task").glob("*/comm")]
    return sum(kind in name for name in names)


def test_few_threads_of_the_broker_compete_for_files(broker: Broker) -> None:
    assert count_threads(broker.pid, "dios") == rabbitmq_config.FILE_THREADS


def test_the_broker_leaves_half_of_the_cores_to_others(broker: Broker) -> None:
    cores = len(os.sched_getaffinity(0))
    assert 1 <= count_threads(broker.pid, "erts_sched_") <= max(cores // 2, 1)


def test_folders_of_queues_are_distributed(broker: Broker, tmp_path: Path) -> None:
    folder_flags.distribute(tmp_path)
    where_possible = folder_flags.is_distributed(tmp_path)  # not in memory
    queues = broker.folder.glob("mnesia/*/msg_stores/vhosts/*/queues")
    found = [folder_flags.is_distributed(folder) for folder in queues]
    assert found == [where_possible] * len(broker.vhosts)


def test_vhosts_share_no_queues(broker: Broker) -> None:
    store(broker.uri(), "from the first")
    store(broker.uri("games"), "from the second")
    assert stored(broker.uri("games")) == "from the second"
    assert stored(broker.uri()) == "from the first"


def test_a_wrong_password_is_refused(broker: Broker) -> None:
    stranger = f"amqp://guest:guest@127.0.0.1:{broker.port}//"
    reason = connection_problem(stranger)
    assert reason is not None
    assert "guest:guest" not in reason


def test_the_server_listens_on_localhost_only(broker: Broker) -> None:
    assert listening_on(broker.port) == {LOCALHOST}


def test_features_that_later_brokers_lack_are_refused(broker: Broker) -> None:
    with kombu.Connection(broker.uri()) as connection:
        channel = connection.channel()
        with pytest.raises(amqp.AMQPError, match="transient_nonexcl_queues"):
            channel.queue_declare("transient", durable=False, exclusive=False, auto_delete=False)


def test_a_killed_node_restarts_with_its_durable_queues(broker: Broker) -> None:
    address = broker.uri("games")
    store(address, "acknowledged")
    broker.kill()
    assert connection_problem(address)
    assert "false" not in (broker.folder / "advanced.config").read_text()  # denies no features
    broker.start()
    assert broker.uri("games") == address
    assert stored(address) == "acknowledged"


def test_after_a_stop_its_folder_can_be_used_again(tmp_path: Path) -> None:
    with Broker(tmp_path) as first:
        store(first.uri(), "kept")
        assert processes.with_folder(tmp_path)
    assert processes.eventually(lambda: not processes.with_folder(tmp_path), timeout=15)

    with Broker(tmp_path) as second:
        assert second.uri() != first.uri()
        assert stored(second.uri()) == "kept"
