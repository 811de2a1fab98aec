"""The processes of Arbiter, each by the command that an operator uses."""

import sys
from collections.abc import Iterator

from tools.launch.program import Program

SERVICES = ("auth", "accounts", "sessions", "rooms", "private_rooms", "searcher")


def service_programs(count: int, metrics_ports: Iterator[int]) -> Iterator[Program]:
    """Yield the instances of each service."""
    command = [sys.executable, "-m", "nameko", "run", "--config", "config.yaml"]
    for name in SERVICES:
        for instance in instance_names(name, count):
            settings = {"METRICS_PORT": str(next(metrics_ports)), "PROCESS_NAME": instance}
            yield Program(instance, [*command, f"{name}.service"], settings=settings)


def gateway_programs(count: int, metrics_ports: Iterator[int]) -> Iterator[Program]:
    """Yield the gateways, which share one port for clients."""
    command = [sys.executable, "-m", "gateway", "--config", "config.yaml"]
    for instance in instance_names("gateway", count):
        settings = {"METRICS_PORT": str(next(metrics_ports)), "PROCESS_NAME": instance}
        yield Program(instance, command, settings=settings)


def bots_program(metrics_ports: Iterator[int]) -> Program:
    """Return the process of computer opponents."""
    settings = {"METRICS_PORT": str(next(metrics_ports))}
    return Program("bots", [sys.executable, "-m", "bots"], settings=settings)


def instance_names(name: str, count: int) -> list[str]:
    """Return a name for each instance."""
    if count == 1:
        return [name]
    return [f"{name}-{number}" for number in range(1, count + 1)]
