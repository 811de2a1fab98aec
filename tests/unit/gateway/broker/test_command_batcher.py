"""Commands are sent by one call, and answered each by itself."""

import eventlet
from eventlet.event import Event

from gateway.broker.command_batcher import CommandBatcher
from gateway.broker.request_batcher import in_greenthread
from gateway.metrics import BATCH_COMMANDS
from tests.unit.gateway.conftest import settle

MOVE, RESIGN, TAKEBACK = (
    {"command": {"type": each}} for each in ("move", "resign", "accept_takeback")
)


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
    for each in (MOVE, RESIGN):
        commands.submit(each, answers.append)
    assert commands.waiting == 2
    settle()
    assert calls == [[MOVE, RESIGN]] and answers == [MOVE, RESIGN]
    assert commands.waiting == 0 and observed() == before + 2


def test_takeback_keeps_no_other_command_waiting():
    calls, replayed = [], Event()

    def execute_many(commands):
        calls.append(list(commands))
        if TAKEBACK in commands:
            replayed.wait()
        return [{"result": command} for command in commands]

    commands, answers = CommandBatcher(in_greenthread(execute_many), rpc_timeout=5.0), []
    for each in (TAKEBACK, MOVE, TAKEBACK):
        commands.submit(each, answers.append)
    settle()
    assert calls == [[TAKEBACK, TAKEBACK], [MOVE]] and answers == [MOVE]
    commands.submit(RESIGN, answers.append)
    commands.submit(TAKEBACK, answers.append)
    settle()
    assert answers == [MOVE, RESIGN] and commands.waiting == 1
    replayed.send()
    settle()
    assert answers == [MOVE, RESIGN, *[TAKEBACK] * 3]
