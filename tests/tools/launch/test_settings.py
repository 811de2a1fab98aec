import re
import socket
from pathlib import Path

import pytest

from tools.launch import Trouble
from tools.launch.settings import apart, check_port, complete, given, secret


def test_a_setting_left_empty_is_one_left_out() -> None:
    assert given({"PORT": "", "GRACE": "5"}) == {"PORT": "8000", "GRACE": "5"}


def test_a_server_apart_keeps_away_from_the_brokers_and_the_data_of_others() -> None:
    config = (Path(__file__).parents[3] / "config.yaml").read_text()
    elsewhere = {
        "AMQP_URI", "DATA_DIR", "REDIS_URL", "ARCHIVE_DIR", "SESSIONS_KEPT", "TOKEN_SECRET",
        *re.findall(r"\$\{(\w+_DB_URI)", config),
    }
    assert len(elsewhere) == 12
    assert apart({"GRACE": "7", **dict.fromkeys(elsewhere, "precious")}) == {"GRACE": "7"}


def test_what_the_user_has_set_stays(tmp_path: Path) -> None:
    mine = {"TOKEN_SECRET": "mine", "DATA_DIR": str(tmp_path / "mine"), "GRACE": "5"}
    settings = complete(mine, tmp_path / "var")
    assert mine.items() <= settings.items()
    assert not (tmp_path / "var").exists()


def test_data_and_secret_are_kept_in_the_folder(tmp_path: Path) -> None:
    settings = complete({}, tmp_path)
    assert settings["DATA_DIR"] == str(tmp_path / "data")
    assert settings["TOKEN_SECRET"] == complete({}, tmp_path)["TOKEN_SECRET"]


def test_the_secret_is_for_its_owner_only_and_made_once(tmp_path: Path) -> None:
    first = secret(tmp_path / "secret")
    assert len(first) >= 64
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert secret(tmp_path / "secret") == first


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000.0", "²"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Trouble, match="PORT is a number from 1 to 65535"):
        check_port(port)


def test_a_port_that_is_taken_is_refused_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} can't be used .* `make run PORT=8001`"):
            check_port(str(port))
