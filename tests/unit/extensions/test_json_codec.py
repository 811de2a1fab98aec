"""The codec gives back what it was given, as the standard library's does."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extensions import json_codec

characters = st.characters(codec=None)  # halves of surrogate pairs too
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(characters)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(characters), inner),
    max_leaves=20,
)


@given(values)
def test_a_value_comes_back_as_it_was(value):
    assert json_codec.decode(json_codec.encode(value)) == value


@given(values)
def test_encoded_json_is_read_by_the_standard_library(value):
    assert json.loads(json_codec.encode(value)) == value


@given(values)
def test_json_of_the_standard_library_is_decoded(value):
    assert json_codec.decode(json.dumps(value)) == value


def test_an_integer_of_any_size_keeps_every_digit():
    assert json_codec.decode(json_codec.encode({"bits": 2**81 + 1})) == {"bits": 2**81 + 1}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_infinity_and_nan_are_refused_where_asked(number):
    with pytest.raises(ValueError):
        json_codec.encode_strict({"state": [None, number]})


def test_numbers_that_are_not_finite_become_null():
    numbers = [float("nan"), float("inf"), 1.5]
    assert json_codec.encode(numbers) == b"[null,null,1.5]"
    assert json_codec.encode(["\ud800", *numbers]) == b'["\\ud800",null,null,1.5]'


@pytest.mark.parametrize("value", [
    [2**70, -float("nan")], ["\ud800", float("inf")], {"a": {"b": [1.5, -float("inf")]}},
])
def test_no_neighbour_hides_a_number_that_is_not_finite(value):
    with pytest.raises(ValueError):
        json_codec.encode_strict(value)


@given(values)
def test_a_finite_value_is_never_refused(value):
    assert json_codec.encode_strict(value) == json_codec.encode(value)


def test_null_is_no_reason_to_refuse():
    assert json_codec.encode_strict({"clock": None}) == b'{"clock":null}'


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "{", "", b"\xff", '{"a":1,}'])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(ValueError):
        json_codec.decode(text)


def test_objects_without_a_form_in_json_are_refused():
    with pytest.raises(TypeError):
        json_codec.encode({"state": object()})
