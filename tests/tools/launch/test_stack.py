"""The port of a stack, which nobody else may take while it runs."""

from pathlib import Path

import pytest

from tools.launch.ports import free_ports, port_problem
from tools.launch.stack import Stack


def test_the_port_is_reserved_from_start_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (port,) = free_ports(1)
    stack = Stack(tmp_path, {"PORT": str(port), "AMQP_URI": "amqp://elsewhere"})
    problems = []

    def look(*_: object) -> None:
        problems.append(port_problem(port, host=""))
        raise InterruptedError

    monkeypatch.setattr(stack.supervisor, "launch", look)
    with pytest.raises(InterruptedError):
        with stack:
            stack.start()
    assert problems == ["Address already in use"]
    assert port_problem(port, host="") is None
