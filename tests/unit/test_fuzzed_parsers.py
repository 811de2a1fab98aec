"""The parsers that `make fuzz` searches hold what they must for its seeds, and for bytes by lot."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzzing.parsers import parse_any, seeds


def test_seeds_break_nothing():
    for seed in seeds():
        parse_any(seed)


@settings(max_examples=500)
@given(data=st.binary(max_size=300))
def test_bytes_by_lot_break_nothing(data):
    parse_any(data)
