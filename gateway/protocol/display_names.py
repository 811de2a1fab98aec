"""Which names players may be shown by: seen as they are written, and not made to look like others'.

The rules are those of UTS #39, "Unicode Security Mechanisms": nothing that is not seen (its section
3.1.1), at most four marks on a character (5.4), and no word of scripts that are not written
together (5.2, "moderately restrictive"). Emoji may be joined, and letters where their script needs
it.
Names are no identifiers: two players may have the same one, and each is known by the login.
"""

import unicodedata

from confusable_homoglyphs.categories import unique_aliases

MAX_MARKS = 4
ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER, EMOJI_STYLE = "\u200d", "\u200c", "\ufe0f"
# With the control and format characters (Cc, Cf), these are not seen, or seen as nothing.
BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
BLANK_CATEGORIES = ("Cc", "Cf", "Zl", "Zp")
INVISIBLE_CATEGORIES = ("C", "Z")
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
MONGOLIAN_SELECTORS = range(0x180B, 0x1810)
MORE_SELECTORS = range(0xE0100, 0xE01F0)
TAGS = range(0xE0020, 0xE0080)  # within the flags of England, Scotland and Wales
SKIN_TONES = range(0x1F3FB, 0x1F400)
VIRAMA = 9  # the combining class of marks that join letters of Indic scripts
COMMON = {"COMMON", "INHERITED"}
# Each is written in one word with Latin letters or without; any other script, with those alone.
MIXABLE_SCRIPTS = ({"HAN", "HIRAGANA", "KATAKANA"}, {"HAN", "BOPOMOFO"}, {"HAN", "HANGUL"})
NEVER_WITH_LATIN = {"CYRILLIC", "GREEK", "CHEROKEE"}  # whose letters look like those


def check_display_name(name: str) -> str:
    """Return a name that others may see; raises ValueError with what is wrong in it."""
    for place, character in enumerate(name):
        if _is_blank(character) and not _joins(name, place):
            raise ValueError(f"{_described(character)} is not seen and not allowed")
    if all(unicodedata.category(each)[0] in INVISIBLE_CATEGORIES for each in name):
        raise ValueError("At least one character has to be visible")
    _check_marks(name)
    for word in name.split():
        _check_scripts(word)
    return name


def _is_blank(character: str) -> bool:
    selectors = (VARIATION_SELECTORS, MONGOLIAN_SELECTORS, MORE_SELECTORS)
    return (
        unicodedata.category(character) in BLANK_CATEGORIES or character in BLANKS
        or any(ord(character) in each for each in selectors)
    )


def _joins(name: str, place: int) -> bool:
    """Tell whether what is not seen has its use there: in an emoji, or between letters."""
    character, before, after = name[place], name[:place][-1:], name[place + 1:][:1]
    if character == EMOJI_STYLE:
        return _is_symbol(before) or (before in "#*0123456789" and after == "\u20e3")
    if ord(character) in TAGS:
        return before == "\U0001f3f4" or ord(before or "\0") in TAGS
    if character not in (ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER) or not before:
        return False
    if unicodedata.combining(before) == VIRAMA:
        return True
    if character == ZERO_WIDTH_JOINER and _is_symbol(after):
        return _is_symbol(before) or before == EMOJI_STYLE
    return all(unicodedata.bidirectional(each) == "AL" for each in (before, after or " "))


def _is_symbol(character: str) -> bool:
    return bool(character) and (
        unicodedata.category(character) == "So" or ord(character) in SKIN_TONES
        or character in "\u2194\u25b6\u25c0\u203c\u2049"
    )


def _check_marks(name: str) -> None:
    marks = 0
    for character in unicodedata.normalize("NFD", name):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > MAX_MARKS:
            raise ValueError(
                f"More than {MAX_MARKS} marks on one character, such as {_described(character)}, "
                "are not allowed"
            )


def _check_scripts(word: str) -> None:
    scripts = unique_aliases(word) - COMMON
    others = scripts - {"LATIN"}
    is_allowed = (
        len(scripts) <= 1 or any(others <= each for each in MIXABLE_SCRIPTS)
        or (len(others) == 1 and not others & NEVER_WITH_LATIN)
    )
    if not is_allowed:
        names = " and ".join(sorted(each.title() for each in scripts))
        raise ValueError(f"{word!r} has letters of {names}, which look alike, in one word")


def _described(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
