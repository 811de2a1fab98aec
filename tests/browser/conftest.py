"""Fixtures for tests of the web client: Chromium, and people who use it."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.people import Person, meet

FOLDER = Path(__file__).parent
# A page of this host is served without HTTPS, and is not on localhost: no secure context.
PLAIN_HOST = "plain.example"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1",
]

# What `make test` runs of this folder, and on a desktop only; `make test-all` runs all of it.
QUICK = {
    "test_meeting.py", "test_pages.py", "test_playing.py", "test_serving.py", "test_wording.py",
}


@pytest.hookimpl(tryfirst=True)  # before pytest selects by -m
def pytest_collection_modifyitems(items):
    """Mark what `make test` leaves out."""
    for item in items:
        device = getattr(item, "callspec", None)
        on_phone = device and device.params.get("phone") or "phone" in item.name
        if item.path.parent == FOLDER and (item.path.name not in QUICK or on_phone):
            item.add_marker("browser_full")


@pytest.fixture(scope="session")
def chromium():
    """Start Debian's Chromium, once for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def base(stack):
    """Return the address of the client."""
    return f"http://localhost:{stack.port}"


@pytest.fixture
def person(chromium, base):
    """Makes people; an error in a browser fails the test."""
    made: list[Person] = []

    def make(base=base, **options) -> Person:
        made.append(Person(chromium, base, **options))
        return made[-1]

    yield make
    faults = [f"{each.login}: {fault}" for each in made for fault in each.faults]
    for each in made:
        each.leave()
    assert not faults, "\n".join(faults)


@pytest.fixture
def playing(person):
    """Return two people whose game has begun: the one who moves first, then the other."""
    return meet(person().arrive(), person().arrive())


@pytest.fixture
def at_the_board(person, two_players):
    """Starts a session: the person who moves first in a browser, the other player, and its id."""

    def sit_down(game, moves=(), **options):
        one, other = two_players
        room = one.call("rooms.create", game=game, options=options)
        session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
        for player in two_players:
            player.connect(session_id)
        for number, move in enumerate(moves):
            two_players[number % 2].move(session_id, move)
        sitting = person().open().known_as(one).log_in().open(f"/#/game/{session_id}")
        return sitting, other, session_id

    return sit_down
