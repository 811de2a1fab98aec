"""One of many is let through in each interval."""

from extensions.observability.sampling import Sampler


def test_one_in_each_interval_with_how_many_were_left_out():
    now = [0.0]
    sampler = Sampler(10.0, lambda: now[0])
    assert [sampler.take() for _ in range(4)] == [0, None, None, None]
    now[0] = 10.0
    assert [sampler.take() for _ in range(2)] == [3, None]
    now[0] = 25.0
    assert sampler.take() == 1
