"""People in front of browsers: each has one of their own, and sees the page and nothing else."""

import re
import secrets
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.client import Player

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "var" / "screenshots"
PASSWORD = "correct horse"
TIMEOUT_MS = 30_000  # for what is expected of a page
expect.set_options(timeout=TIMEOUT_MS)
FIRST_NAMES = ("ada", "ben", "kim", "leo", "mia", "zoe")
DESKTOP = {"viewport": {"width": 1280, "height": 860}}
PHONE = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2,
    "is_mobile": True, "has_touch": True,
}
NAMES = {"C": "chick", "G": "giraffe", "E": "elephant"}
# Runs before the page's own scripts: the browser tells here what the policy has kept it from.
COLLECT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
HARMLESS = (
    "ERR_INTERNET_DISCONNECTED",  # part of some tests, and told to the person by the page
    "Cross-Origin-Opener-Policy header has been ignored",  # without HTTPS it always is
)
SET_CLOCK = "{ const now = Date.now; Date.now = () => now() + %s; }"


class Person:
    """One person, one browser context, one page. `faults` has the errors of the browser."""

    def __init__(
        self, browser: Browser, base: str, language: str = "en-GB", phone: bool = False,
        clock_is_ahead: float = 0, **options,
    ):
        self.login = f"{secrets.choice(FIRST_NAMES)}-{secrets.token_hex(3)}"
        self.password = PASSWORD
        self.base = base
        self.phone = phone
        self.faults: list[str] = []
        self.context = browser.new_context(
            locale=language, **(PHONE if phone else DESKTOP), **options,
        )
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.add_init_script(COLLECT_VIOLATIONS)
        self.context.add_init_script(SET_CLOCK % (clock_is_ahead * 1000))
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message) -> None:
        if message.type == "error" and not any(each in message.text for each in HARMLESS):
            self.faults.append(message.text)

    # What is on the page

    def button(self, name: str, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def field(self, name: str) -> Locator:
        return self.page.get_by_label(name, exact=True)

    def square(self, square: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(rf"^{square}, "))

    @property
    def turn(self) -> Locator:
        """Return the live region that says whose move it is, and how the game has ended."""
        return self.page.locator("game-page").get_by_role("status").first

    def says(self, words: str) -> None:
        expect(self.turn).to_contain_text(words)

    # What people do

    def open(self, path: str = "/") -> "Person":
        self.page.goto(f"{self.base}{path}")
        return self

    def register(self) -> "Person":
        return self._enter("Register")

    def log_in(self) -> "Person":
        return self._enter("Log in")

    def _enter(self, button: str) -> "Person":
        self.field("Login").fill(self.login)
        self.field("Password").fill(self.password)
        self.button(button).click()
        expect(self.button("Log out")).to_be_visible()
        return self

    def known_as(self, player: Player) -> "Person":
        """Log in as a player who has registered with another client."""
        self.login, self.password = player.login, player.password
        return self

    def arrive(self) -> "Person":
        """Open the first page, and register."""
        return self.open().register()

    def press(self, locator: Locator) -> None:
        if self.phone:
            locator.tap()
        else:
            locator.click()

    def drag(self, source: Locator, target: Locator) -> None:
        start, end = source.bounding_box(), target.bounding_box()
        self.page.mouse.move(*middle(start))
        self.page.mouse.down()
        self.page.mouse.move(*middle(end), steps=5)
        self.page.mouse.up()

    def key_to(self, square: str) -> None:
        """Move the focus to a square with the arrow keys."""
        for _ in range(20):
            at = self.page.evaluate("() => document.activeElement.dataset.square")
            if at == square:
                return
            bottom = self.square("a1").bounding_box()["y"] > self.square("a4").bounding_box()["y"]
            right, up = ord(square[0]) - ord(at[0]), int(square[1:]) - int(at[1:])
            key = "ArrowRight" if right > 0 else "ArrowLeft" if right else "ArrowUp"
            if not right and up < 0:
                key = "ArrowDown"
            opposite = {"ArrowRight": "ArrowLeft", "ArrowLeft": "ArrowRight",
                        "ArrowUp": "ArrowDown", "ArrowDown": "ArrowUp"}
            self.page.keyboard.press(key if bottom else opposite[key])
        raise AssertionError(f"the arrow keys do not lead to {square}")

    def tab_to(self, condition: str) -> None:
        """Press Tab until the focused element fits a condition."""
        for _ in range(60):
            if self.page.evaluate(f"() => Boolean({condition})"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab leads nowhere: {condition}")

    def move(self, move: str, way: str = "press") -> None:
        """Make a move of Dobutsu shogi by pressing, dragging or keys."""
        drop = "@" in move
        target = move[2:4]
        if way == "keys":
            if drop:
                self.tab_to(f"document.activeElement.dataset.piece === '{NAMES[move[0]]}'")
            else:
                self.tab_to("document.activeElement.dataset.square")
                self.key_to(move[:2])
            self.page.keyboard.press("Enter")
            self.page.keyboard.press("Shift+Tab") if drop else None
            self.tab_to("document.activeElement.dataset.square")
            self.key_to(target)
            self.page.keyboard.press("Enter")
            return
        source = self.button(f"{NAMES[move[0]]} in hand").first if drop else self.square(move[:2])
        if way == "drag":
            self.drag(source, self.square(target))
        else:
            self.press(source)
            self.press(self.square(target))

    def shot(self, name: str, whole: bool = False) -> None:
        """Save a screenshot of the page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        # The usual way hides the caret by a style of its own, which the page's policy forbids.
        self.page.screenshot(
            path=SHOTS / f"{name}.png", full_page=whole, caret="initial", animations="allow"
        )

    def leave(self) -> None:
        self.context.close()


def listed(person: Person, title: str, text: str) -> Locator:
    """Return the items of the list with this title that contain a text."""
    items = person.page.get_by_role("region", name=title).get_by_role("listitem")
    return items.filter(has_text=text)


def strip(person: Person, name: str = "Your games") -> Locator:
    """Return the strip that leads from another page back to the games."""
    return person.page.get_by_role("complementary", name=name)


def middle(box: dict) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def meet(one: Person, other: Person, own: str = "b1, your lion") -> tuple[Person, Person]:
    """Match two people by search; return the one who moves first, then the other."""
    for person in (one, other):
        person.press(person.button("Find an opponent"))
    return in_order(one, other, own)


def in_order(one: Person, other: Person, own: str = "b1, your lion") -> tuple[Person, Person]:
    """Return the one who moves first by their page, then the other."""
    expect(one.button(own).or_(one.button(own.replace("your", "opponent's")))).to_be_visible()
    first, second = (one, other) if one.button(own).count() else (other, one)
    expect(first.button(own)).to_be_visible()
    return first, second
