"""A private Redis: who may connect, and what it keeps when it is killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.tools.launch import processes
from tests.tools.launch.listening_ports import LOCALHOST, listening_on
from tools.launch.redis import Redis


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with Redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


def client(server: Redis) -> redis.Redis:
    return redis.Redis.from_url(server.uri())


def test_a_wrong_password_is_refused(server: Redis) -> None:
    with client(server) as known, redis.Redis(port=server.port) as stranger:
        assert known.ping()
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_the_server_listens_on_localhost_only(server: Redis) -> None:
    assert listening_on(server.port) == {LOCALHOST}


def test_a_killed_server_restarts_with_its_stored_data(server: Redis) -> None:
    with client(server) as before:
        before.set("kept", "here")
        before.execute_command("WAITAOF", 1, 0, 2000)
    server.kill()
    server.start()
    with client(server) as after:
        assert after.get("kept") == b"here"


def test_after_a_stop_its_folder_can_be_used_again(tmp_path: Path) -> None:
    with Redis(tmp_path) as first, client(first) as before:
        before.set("kept", "here")
    assert processes.eventually(lambda: not processes.with_folder(tmp_path), timeout=15)

    with Redis(tmp_path) as second, client(second) as after:
        assert second.uri() != first.uri()
        assert after.get("kept") == b"here"
