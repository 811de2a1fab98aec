"""The targets that Prometheus is given: a port a process."""

import json
from pathlib import Path

from tools.launch.processes import SERVICES
from tools.launch.program import Program
from tools.launch.prometheus_targets import targets, write_targets
from tools.launch.stack import Stack


def test_every_process_of_a_stack_is_a_target(tmp_path: Path) -> None:
    path = tmp_path / "prometheus" / "targets.json"
    programs = Stack(tmp_path, {"BACKENDS": "production", "INSTANCES": "2"}).supervisor.programs()
    write_targets(path, programs)
    told = json.loads(path.read_text())
    assert [each["labels"]["instance"] for each in told] == [
        f"{name}-{number}" for name in (*SERVICES, "gateway") for number in (1, 2)
    ]
    assert len({address for each in told for address in each["targets"]}) == len(told)
    assert told[-1]["labels"] == {"job": "arbiter", "service": "gateway", "instance": "gateway-2"}


def test_a_target_has_the_port_of_its_process(tmp_path: Path) -> None:
    programs = Stack(tmp_path, {}).supervisor.programs()
    own = [program for program in programs if program.name in (*SERVICES, "gateway")]
    for program, told in zip(own, targets(programs), strict=True):
        (address,) = told["targets"]
        _, _, port = address.partition(":")
        assert f"METRICS_PORT={port}" in program.argv()


def test_a_process_without_a_metrics_port_is_no_target() -> None:
    assert targets([Program("broker", ["rabbitmq-server"])]) == []
