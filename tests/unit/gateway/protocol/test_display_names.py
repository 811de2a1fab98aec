"""Display names: of any script and with emoji, but seen as they are written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.protocol.display_names import MAX_MARKS, check_display_name

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def refusal(name):
    with pytest.raises(ValueError) as caught:
        check_display_name(name)
    return str(caught.value)


@pytest.mark.parametrize("name", [
    "É", "One É \u2603", "Анна Ли", " x ", "名前", "שלום", "عمر", "Ana\u0308", "Ωμέγα", "李 Li",
    "ロマン Roman", "東京タワー", "김Kim", "कृष्ण", "क्\u200dष", "नि\u094d\u200cन", "نی\u200cما",
    "Иван Ivan", "Nguyễn Văn", "ศรี", "x_9-a.b",
    "ada 1", "Ångström", "Ⅻ", "½",
])
def test_a_name_may_be_of_any_script(name):
    assert check_display_name(name) == name


@pytest.mark.parametrize("name", [
    "👩\u200d🚀", "❤\ufe0f", "1\ufe0f\u20e3",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "👩🏽\u200d🔬", "🏳\ufe0f\u200d🌈", "👨\u200d👩\u200d👧", "🧔\u200d♀\ufe0f", "ada 🇫🇷",
])
def test_a_name_may_have_emoji_that_are_joined(name):
    assert check_display_name(name) == name


@pytest.mark.parametrize("name, offender", [
    ("\u3164", "U+3164 HANGUL FILLER"), ("a\u200bda", "U+200B ZERO WIDTH SPACE"),
    ("\u115f\u1160", "U+115F HANGUL CHOSEONG FILLER"), ("\uffa0", "U+FFA0"),
    ("\u2800", "U+2800"),
    ("a\u00adda", "U+00AD SOFT HYPHEN"), ("a\u2060da", "U+2060 WORD JOINER"),
    ("\ufeffada", "U+FEFF"),
    ("a\u034fda", "U+034F"), ("a\u200dda", "U+200D ZERO WIDTH JOINER"), ("a\u200cda", "U+200C"),
    ("ada\ufe0f", "U+FE0F"), ("\ufe0f", "U+FE0F"), ("a\U000e0061", "U+E0061"),
    ("👩\u200d", "U+200D"),
    ("two\nlines", "U+000A"), ("tab\t", "U+0009"), ("\x1b[31m", "U+001B"), ("a\x85", "U+0085"),
    ("a\u2028b", "U+2028"), *((f"a{each}b", f"U+{ord(each):04X}") for each in BIDIRECTIONAL),
])
def test_invisible_characters_are_refused_by_name(name, offender):
    assert refusal(name).startswith(offender)


@pytest.mark.parametrize("name", ["", " ", "\u3000\u00a0"])
def test_a_name_of_spaces_is_refused(name):
    assert refusal(name) == "At least one character has to be visible"


@pytest.mark.parametrize("name", ["a" + "\u0301" * 49, "é" + "\u0302" * 4, "a" + "\u20dd" * 5])
def test_a_heap_of_marks_is_refused(name):
    assert refusal(name).startswith(f"More than {MAX_MARKS} marks on one character, such as U+")


@pytest.mark.parametrize("name, scripts", [
    ("p\u0430ypal", "Cyrillic and Latin"), ("\u0391lice", "Greek and Latin"),
    ("\u0430\u03bf", "Cyrillic and Greek"), ("the re\u0430l ada", "Cyrillic and Latin"),
    ("\u13aaLICE", "Cherokee and Latin"),
])
def test_a_word_of_letters_that_look_alike_is_refused(name, scripts):
    assert f"has letters of {scripts}" in refusal(name)


@given(some.text(min_size=1, max_size=50))
def test_an_accepted_name_has_something_to_see(name):
    try:
        check_display_name(name)
    except ValueError:
        return
    assert any(unicodedata.category(each)[0] not in "CZ" for each in name)
