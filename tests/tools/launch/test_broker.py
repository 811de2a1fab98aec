from collections.abc import Iterator
from pathlib import Path

import amqp
import kombu
import pytest

from tests.tools.launch import processes
from tests.tools.launch.listening import LOCALHOST, listening_on
from tools.launch.broker import Broker, unanswered


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker"), vhosts=["games"]) as broker:
        yield broker


def store(uri: str, text: str) -> None:
    """Have the broker of this address keep a message; returns when it is safe there."""
    with kombu.Connection(uri, transport_options={"confirm_publish": True}) as connection:
        queue = connection.SimpleQueue("kept")
        queue.put(text)
        queue.close()


def stored(uri: str) -> str:
    """Return the message that was stored first, taking it out."""
    with kombu.Connection(uri) as connection:
        queue = connection.SimpleQueue("kept")
        message = queue.get(timeout=30)
        message.ack()
        queue.close()
        return message.payload


def test_each_vhost_takes_clients_and_they_share_nothing(broker: Broker) -> None:
    store(broker.uri(), "from the first")
    store(broker.uri("games"), "from the second")
    assert stored(broker.uri("games")) == "from the second"
    assert stored(broker.uri()) == "from the first"


def test_it_takes_nobody_without_the_password(broker: Broker) -> None:
    stranger = f"amqp://guest:guest@127.0.0.1:{broker.port}//"
    reason = unanswered(stranger)
    assert reason is not None
    assert "guest:guest" not in reason


def test_it_listens_to_this_machine_only(broker: Broker) -> None:
    assert listening_on(broker.port) == {LOCALHOST}


def test_it_refuses_what_later_versions_refuse(broker: Broker) -> None:
    with kombu.Connection(broker.uri()) as connection:
        channel = connection.channel()
        with pytest.raises(amqp.AMQPError, match="transient_nonexcl_queues"):
            channel.queue_declare("transient", durable=False, exclusive=False, auto_delete=False)


def test_a_restart_denies_nothing_for_then_a_node_may_not_start(broker: Broker) -> None:
    settings = broker.folder / "advanced.config"
    assert "false" not in settings.read_text()
    broker.kill()
    broker.start()
    assert "false" not in settings.read_text()


def test_a_killed_node_comes_back_where_it_was_with_what_was_durable(broker: Broker) -> None:
    address = broker.uri("games")
    store(address, "acknowledged")
    broker.kill()
    assert unanswered(address)
    broker.start()
    assert broker.uri("games") == address
    assert stored(address) == "acknowledged"


def test_a_stopped_one_leaves_no_process_and_its_folder_can_be_used_again(tmp_path: Path) -> None:
    with Broker(tmp_path) as first:
        store(first.uri(), "kept")
        assert processes.of(tmp_path)
    assert processes.eventually(lambda: not processes.of(tmp_path), timeout=15)

    with Broker(tmp_path) as second:
        assert second.uri() != first.uri()
        assert stored(second.uri()) == "kept"
