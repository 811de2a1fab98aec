"""The launcher's settings: their defaults, and what is refused."""

import socket
from pathlib import Path

import pytest

from extensions.settings import types_by_name
from tools.errors import ToolError
from tools.launch.settings import (
    check,
    completed,
    from_environment,
    instances,
    stored_secret,
    without_locations,
)


def test_an_empty_setting_counts_as_missing() -> None:
    assert from_environment({"PORT": "", "GRACE": "5"}) == {"PORT": "8000", "GRACE": "5"}


def test_without_locations_no_broker_or_data_is_named() -> None:
    locations = {
        "AMQP_URI", "DATA_DIR", "REDIS_URL", "ARCHIVE_DIR", "SESSIONS_KEPT", "TOKEN_SECRET",
        "TOKEN_SECRET_PREVIOUS", "TOKEN_SECRET_NEXT", "BOTS_URL", "BOTS_PASSWORD",
        *(name for name in types_by_name() if name.endswith("_DB_URI")),
    }
    assert len(locations) == 16
    given = {"GRACE": "7", **dict.fromkeys(locations, "of another server")}
    assert without_locations(given) == {"GRACE": "7"}


def test_production_has_an_instance_for_each_two_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for cores, expected in ((1, 1), (2, 1), (3, 1), (4, 2), (16, 8)):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: range(cores))
        assert instances({"BACKENDS": "production"}) == expected
        assert instances({}) == 1
    assert instances({"BACKENDS": "production", "INSTANCES": "3"}) == 3


@pytest.mark.parametrize("text", ["0", "-1", "65", "many", "1.5"])
def test_an_invalid_number_of_instances_is_refused(text: str) -> None:
    with pytest.raises(ToolError, match="INSTANCES is a number from 1 to 64"):
        instances({"BACKENDS": "production", "INSTANCES": text})


def test_several_instances_need_engines_that_can_be_shared() -> None:
    with pytest.raises(ToolError, match="set BACKENDS=production"):
        instances({"INSTANCES": "2"})


def test_given_settings_are_kept(tmp_path: Path) -> None:
    mine = {
        "TOKEN_SECRET": "mine", "BOTS_PASSWORD": "mine", "BOTS_URL": "ws://elsewhere",
        "DATA_DIR": str(tmp_path / "mine"), "GRACE": "5",
    }
    settings = completed(mine, tmp_path / "var")
    assert mine.items() <= settings.items()
    assert not (tmp_path / "var").exists()


def test_data_and_secrets_are_in_the_folder(tmp_path: Path) -> None:
    settings = completed({"PORT": "8001"}, tmp_path)
    assert settings["BOTS_URL"] == "ws://localhost:8001/ws"
    assert settings["BOTS_PASSWORD"] == completed({}, tmp_path)["BOTS_PASSWORD"]
    assert settings["DATA_DIR"] == str(tmp_path / "data")
    assert settings["TOKEN_SECRET"] == completed({}, tmp_path)["TOKEN_SECRET"]


def test_the_secret_is_private_and_made_once(tmp_path: Path) -> None:
    first = stored_secret(tmp_path / "secret")
    assert len(first) >= 64
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert stored_secret(tmp_path / "secret") == first


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000.0", "²"])
def test_an_invalid_port_is_refused(port: str) -> None:
    with pytest.raises(ToolError, match="PORT is a number from 1 to 65535"):
        check({"PORT": port})


def test_all_settings_are_checked_before_the_start() -> None:
    with pytest.raises(ToolError, match="^GRACE is .*\nPING is .*$"):
        check({"PORT": "8000", "PING": "abc", "GRACE": "-1", "HOME": "/root"})


def test_a_taken_port_is_refused_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ToolError, match=f"Port {port} can't be used .* `make run PORT=8001`"):
            check({"PORT": str(port)})
