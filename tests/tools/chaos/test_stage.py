"""What of the stage needs no engines: whom a pause stops, and where a broken service stands in."""

import signal
import subprocess

from tools.chaos import stage


def test_a_process_is_stopped_with_all_that_have_come_of_it():
    command = "sh -c 'sleep 100 & echo $!; wait' & wait"
    with subprocess.Popen(
        ["sh", "-c", command], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        grandchild = int(process.stdout.readline())
        family = stage.family(process.pid)
        for pid in family:
            stage.send(pid, signal.SIGKILL)
    assert {process.pid, grandchild} <= family
    assert len(family) == 3


def test_a_signal_to_who_has_ended_is_lost():
    process = subprocess.Popen(["true"])
    process.wait()
    stage.send(process.pid, signal.SIGCONT)


def test_only_the_session_service_is_replaced():
    programs = {each.name: each.command[-1] for each in stage.services("tools.chaos.broken")}
    assert programs["sessions-1"] == programs["sessions-2"] == "tools.chaos.broken"
    assert programs["rooms-1"] == "rooms.service"
    assert len(programs) == 2 * len(stage.SERVICES)
