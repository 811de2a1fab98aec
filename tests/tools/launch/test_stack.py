from pathlib import Path

import pytest

from tools.launch.ports import free_ports, trouble_with
from tools.launch.stack import Stack


def test_a_port_is_taken_from_the_start_until_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (port,) = free_ports(1)
    stack = Stack(tmp_path, {"PORT": str(port), "AMQP_URI": "amqp://elsewhere"})
    troubles = []

    def look(*_: object) -> None:
        troubles.append(trouble_with(port, host=""))
        raise InterruptedError

    monkeypatch.setattr(stack.supervisor, "launch", look)
    with pytest.raises(InterruptedError):
        with stack:
            stack.start()
    assert troubles == ["Address already in use"]
    assert trouble_with(port, host="") is None
