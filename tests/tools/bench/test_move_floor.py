"""The floor of a move: what is exchanged for one, and how often."""

from tools.bench import move_floor


def test_moves_are_exchanged_and_committed_at_a_rate(broker):
    commits = []
    floor = move_floor.move(
        broker.uri(), {"broker": broker.pid}, lambda: commits.append(1), seconds=0.2, per_second=20
    )
    assert 2 <= len(commits) <= 1 + 4 + 1  # with one before the time begins, and one at its end
    assert 0 < floor["microseconds"] and 0 < floor["client_cpu"]
