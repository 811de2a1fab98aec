"""What a pause suspends, and which service is replaced by a broken one."""

import signal
import subprocess

from tools.chaos import cluster


def test_a_process_tree_has_all_descendants():
    command = "sh -c 'sleep 100 & echo $!; wait' & wait"
    with subprocess.Popen(
        ["sh", "-c", command], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        grandchild = int(process.stdout.readline())
        tree = cluster.process_tree(process.pid)
        for pid in tree:
            cluster.send_signal(pid, signal.SIGKILL)
    assert {process.pid, grandchild} <= tree
    assert len(tree) == 3


def test_a_signal_to_an_ended_process_is_ignored():
    process = subprocess.Popen(["true"])
    process.wait()
    cluster.send_signal(process.pid, signal.SIGCONT)


def test_only_the_session_service_is_replaced():
    hasty = "tools.chaos.hasty_sessions"
    programs = {each.name: each.command[-1] for each in cluster.services(hasty)}
    assert programs["sessions-1"] == programs["sessions-2"] == hasty
    assert programs["rooms-1"] == "rooms.service"
    assert len(programs) == 2 * len(cluster.SERVICES)
