"""The types of settings: how a value is read, which values are allowed, and how both are described.

Each function describes one setting of the dataclass in `declaration`. A value comes from
YAML or from the environment, so a number may be a number or a string of digits.
"""

import dataclasses
import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
Number = TypeVar("Number", int, float)
Port = TypeVar("Port", int, int | None)

METADATA_KEY = "setting"
# YAML 1.1, which Nameko reads, takes all of these for truth values.
SWITCH_WORDS = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
ORIGIN = re.compile(r"null|[a-z][a-z0-9+.-]*://[^\s/?#@]+")
MAX_PORT = 65535
MAX_NUMBER = 10_000
MAX_DAYS = 36_500
DAY_SECONDS = 24 * 60 * 60
YEAR_SECONDS = 365 * DAY_SECONDS
MIN_SECRET_CHARACTERS = 32
MAX_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class SettingType:
    """What a setting means, which values it can have, and how one is read.

    `allowed` completes a sentence that begins with "PING is", `form` is the same for a table.
    `parse` raises ValueError for a value that is not allowed; `show` is how the refusal quotes it.
    """

    meaning: str
    allowed: str
    form: str
    default: str
    parse: Callable[[str], Any]
    show: Callable[[str], str]

    def read(self, name: str, value: object) -> Any:
        """Return the value, checked; raises ValueError with a sentence that names the setting."""
        text = str(value).strip()
        try:
            return self.parse(text)
        except ValueError:
            raise ValueError(f"{name} is {self.allowed}, not {self.show(text)}") from None


def number(
    unit: str, default: float, meaning: str, at_least: float = 0, at_most: float = MAX_NUMBER
) -> float:
    """Describe a finite number of some unit."""

    def parse(text: str) -> float:
        return _in_range(float(text), at_least, at_most)

    allowed = f"a number of {unit} from {_plain(at_least)} to {_plain(at_most)}"
    form = f"{unit}, {_plain(at_least)} to {_plain(at_most)}"
    return _setting(float(default), meaning, allowed, form, parse, _plain(default))


def seconds(
    default: float, meaning: str, at_least: float = 0, at_most: float = DAY_SECONDS
) -> float:
    """Describe a duration in seconds."""
    return number("seconds", default, meaning, at_least, at_most)


def days(default: float, meaning: str) -> float:
    """Describe a duration in days."""
    return number("days", default, meaning, at_most=MAX_DAYS)


def whole(default: int, meaning: str, at_least: int, at_most: int) -> int:
    """Describe a whole number."""

    def parse(text: str) -> int:
        return _in_range(int(text), at_least, at_most)

    allowed, form = f"a whole number from {at_least} to {at_most}", f"{at_least} to {at_most}"
    return _setting(default, meaning, allowed, form, parse)


def tcp_port(default: Port, meaning: str) -> Port:
    """Describe a TCP port; None is none."""

    def parse(text: str) -> int:
        return _in_range(int(text), 1, MAX_PORT)

    return _setting(default, meaning, f"a number from 1 to {MAX_PORT}", "a port", parse)


def switch(default: bool, meaning: str) -> bool:
    """Describe what is on or off."""

    def parse(text: str) -> bool:
        return SWITCH_WORDS[_one_of(SWITCH_WORDS)(text.lower())]

    form = "on or off"
    return _setting(default, meaning, form, form, parse, "on" if default else "off")


def choice(default: str, meaning: str, *words: str) -> str:
    """Describe one word of a few."""
    allowed = f"{', '.join(words[:-1])} or {words[-1]}"
    return _setting(default, meaning, allowed, allowed, _one_of(words))


def text(default: str, meaning: str) -> str:
    """Describe any text."""
    return _setting(default, meaning, "a text", "", str)


def address(meaning: str, *schemes: str, default: str = "", cluster: bool = False) -> str:
    """Describe a URL; of a cluster, several with `;` between.

    It may have a password in it, and so `repr` of the settings leaves it out.
    """

    def parse(text: str) -> str:
        for each in text.split(";") if cluster else [text]:
            if not each.startswith(schemes):
                raise ValueError
        return text

    several = ", or several with ; between" if cluster else ""
    allowed = f"an address that begins with {' or '.join(schemes)}{several}"
    return _setting(default, meaning, allowed, "a URL", parse, show=_scheme, is_secret=True)


def secret(meaning: str) -> str:
    """Describe what tokens are signed with; no message or `repr` shows it."""

    def parse(text: str) -> str:
        if len(text) < MIN_SECRET_CHARACTERS:
            raise ValueError
        return text

    allowed = f"a secret of at least {MIN_SECRET_CHARACTERS} characters"
    form = f"{MIN_SECRET_CHARACTERS} characters or more"
    return _setting(
        "", meaning, allowed, form, parse, show=lambda text: f"one of {len(text)}", is_secret=True
    )


def origins(meaning: str) -> tuple[str, ...]:
    """Describe the origins of web pages, with commas between."""

    def parse(text: str) -> tuple[str, ...]:
        listed = tuple(each.strip() for each in text.split(",") if each.strip())
        if not all(map(ORIGIN.fullmatch, listed)):
            raise ValueError
        return listed

    none: tuple[str, ...] = ()
    allowed = "a list of origins as https://example.org, with commas between"
    return _setting(none, meaning, allowed, "origins, separated by commas", parse, "")


def _setting(
    value: T, meaning: str, allowed: str, form: str, parse: Callable[[str], Any],
    default: str | None = None, show: Callable[[str], str] | None = None, is_secret: bool = False,
) -> T:
    if default is None:
        default = "" if value is None else str(value)
    described = SettingType(meaning, allowed, form, default, parse, show or _quote)
    return dataclasses.field(
        default=value, metadata={METADATA_KEY: described}, repr=not is_secret
    )


def _in_range(value: Number, at_least: float, at_most: float) -> Number:
    if not (math.isfinite(value) and at_least <= value <= at_most):
        raise ValueError
    return value


def _plain(value: float) -> str:
    return f"{value:.15g}"


def _one_of(words: Collection[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    return parse


def _quote(text: str) -> str:
    shown = text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}..."
    return repr(shown)


def _scheme(text: str) -> str:
    # The rest of an address may have a password in it.
    scheme, found, _ = text.partition("://")
    return repr(f"{scheme}://...") if found else "what it is set to"
