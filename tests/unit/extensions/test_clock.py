"""Times as clients see them."""

import pytest

from extensions.clock import timestamp


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_700_000_000.5, "2023-11-14T22:13:20.500Z"),
        (1_700_000_000.1239, "2023-11-14T22:13:20.123Z"),
        (None, None),
    ],
)
def test_a_time_is_iso_8601_in_utc_to_the_millisecond(seconds, shown):
    assert timestamp(seconds) == shown
