"""Checks that an SVG is a picture and nothing else: no scripts, and nothing from elsewhere."""

import re
from xml.parsers import expat

ELEMENTS = frozenset(
    "svg g defs path circle ellipse rect line polyline polygon text tspan title desc "
    "linearGradient radialGradient stop clipPath mask".split()
)
MAX_ELEMENTS = 2000
# A backslash may write any letter of a style.
ELSEWHERE = re.compile(r"url\(\s*['\"]?\s*[^#'\"\s]|\\", re.IGNORECASE)


class InvalidSvg(Exception):
    """The SVG is not one that browsers are given: the message says why."""


def check_svg(content: bytes) -> None:
    """Raise InvalidSvg unless these are shapes, gradients and texts that refer to themselves only.

    There is no document type, so that nothing is expanded; no style sheet, no event, no link.
    Nothing is drawn a second time by a reference either, which could multiply.
    """
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if name not in ELEMENTS or (count == 1) != (name == "svg"):
            raise InvalidSvg(f"the element {name[:50]!a} is not allowed here")
        if count > MAX_ELEMENTS:
            raise InvalidSvg(f"there are more than {MAX_ELEMENTS} elements")
        for attribute, value in attributes.items():
            if not _is_harmless(attribute, value):
                raise InvalidSvg(f"the attribute {attribute[:50]!a} of {name} is not allowed")

    def refuse(*_: object) -> None:
        raise InvalidSvg("it has a document type or a processing instruction")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InvalidSvg(f"it is no XML: {error}") from error


def _is_harmless(attribute: str, value: str) -> bool:
    local = attribute.rpartition(":")[2].lower()
    if local.startswith("on") or local in ("style", "base"):
        return False
    if local == "href":
        return value.startswith("#")
    return not ELSEWHERE.search(value)
