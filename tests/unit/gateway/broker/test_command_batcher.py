"""Commands are sent by one call, and answered each by itself."""

import eventlet

from gateway.broker.command_batcher import CommandBatcher
from gateway.broker.request_batcher import in_greenthread
from gateway.metrics import BATCH_COMMANDS
from tests.unit.gateway.conftest import settle


def observed():
    return sum(sample.value for metric in BATCH_COMMANDS.collect() for sample in metric.samples
               if sample.name.endswith("_sum"))


def test_commands_are_sent_counted_and_answered():
    calls, answers, before = [], [], observed()

    def execute_many(commands):
        calls.append(list(commands))
        eventlet.sleep(0)
        return [{"result": command} for command in commands]

    commands = CommandBatcher(in_greenthread(execute_many), rpc_timeout=5.0)
    for command in ("a", "b"):
        commands.submit(command, answers.append)
    assert commands.waiting == 2
    settle()
    assert calls == [["a", "b"]] and answers == ["a", "b"]
    assert commands.waiting == 0 and observed() == before + 2
