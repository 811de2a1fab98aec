"""Searches: what they show, and how they go on, on other pages and after a lost connection."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person, strip
from tests.browser.test_pages import check, each_device
from tests.conftest import BROWSER
from tests.stack import Stack, eventually


@pytest.fixture(scope="module")
def running_stack(broker, tmp_path_factory):
    """A stack of its own, in which searches widen slowly and none expires."""
    folder = tmp_path_factory.mktemp("searching")
    settings = {"SEARCH_EXPIRY": 600, "SEARCH_WINDOW": 100, "SEARCH_WIDENING": 6}
    with Stack(folder, broker.uri(BROWSER), **settings) as stack:
        yield stack


class Line:
    """The line between a page and the server. It is cut at the page's end only: the server
    takes the connection for alive, as when a network has gone away without a word.
    """

    def __init__(self, person: Person):
        self.person = person
        self.is_cut = False
        self.holds: str | None = None  # the method whose calls do not get through yet
        self._held: list = []
        self.sent: list[str] = []
        self.heard: list[str] = []
        self._ends: list = []
        person.page.route_web_socket("**/ws", self._connect)

    def cut(self) -> None:
        self.is_cut = True
        self._ends[-1][0].close()

    def mend(self) -> None:
        self.is_cut = False

    def let_through(self) -> None:
        """Let the held calls through."""
        self.holds = None
        for server, message in self._held:
            server.send(message)

    def let_server_know(self) -> None:
        """Let the server notice that the first connection is dead."""
        self._ends[0][1].close()

    def asked(self, method: str) -> int:
        """Return how often the page has called a method."""
        return self._count(method, self.sent)

    def told(self, word: str) -> int:
        """Return how often the page has been sent a notification."""
        return self._count(word, self.heard)

    def pass_on(self) -> None:
        """Let messages come through; they do only while Playwright has something to wait for."""
        self.person.page.wait_for_timeout(50)

    def _count(self, word: str, messages: list[str]) -> int:
        self.pass_on()
        return sum(f'"{word}"' in each for each in messages)

    def _connect(self, socket) -> None:
        if self.is_cut:
            socket.close()
            return
        server = socket.connect_to_server()
        ends = (socket, server)
        self._ends.append(ends)

        def to_server(message):
            self.sent.append(message)
            if self.holds and f'"{self.holds}"' in message:
                self._held.append((server, message))
            else:
                server.send(message)

        def to_page(message):
            if not self.is_cut and self._ends[-1] is ends:
                self.heard.append(message)
                socket.send(message)

        socket.on_message(to_server)
        server.on_message(to_page)
        socket.on_close(lambda *_: None)
        server.on_close(lambda *_: None)


def test_search_shows_its_duration_and_can_be_stopped(person):
    one = person().arrive()
    one.button("Find an opponent").click()
    expect(one.page.get_by_text("Looking for an opponent")).to_be_visible()
    expect(one.page.locator(".waited")).to_have_text(re.compile(r"^0:(0[2-9]|[1-5]\d)$"))
    expect(one.page.get_by_text("The longer you wait, the wider the search")).to_be_visible()
    expect(one.page.get_by_text("Nobody else is looking at the moment.")).to_be_visible()
    estimate = re.compile("^Usually it takes about 0:|^There is no estimate of how long")
    expect(one.page.get_by_text(estimate)).to_be_visible()
    one.button("Stop searching").click()
    expect(one.button("Find an opponent")).to_be_focused()
    other = person().arrive()
    other.button("Find an opponent").click()
    expect(other.page.get_by_text("Nobody else is looking")).to_be_visible()
    expect(one.square("b2")).to_have_count(0)


@each_device
def test_search_is_accessible(person, phone):
    one = person(phone=phone).arrive()
    one.button("Find an opponent").click()
    expect(one.page.get_by_text("First among players")).to_be_visible()
    check(one, "search")
    expect(one.button("Stop searching")).to_be_visible()


@each_device
def test_search_with_an_unusual_clock_says_what_helps(person, player, phone):
    one, other = person(phone=phone).arrive(), player()
    one.page.get_by_label("Time", exact=True).select_option(label="Your own clock…")
    one.page.get_by_label("Kind of clock").select_option("With a delay")
    one.field("Minutes for each").fill("4")
    one.button("Find an opponent").click()
    few = one.page.get_by_text("Few players search with this clock.")
    expect(few).to_be_visible()
    check(one, "search-unusual")
    usual = one.button("Search with 5 min, delay of 5 s")
    usual.focus()
    one.page.keyboard.press("Enter")
    expect(one.page.get_by_text("Rapid · Dobutsu shogi · 5 min, delay of 5 s")).to_be_visible()
    for gone in (few, usual, one.button("Create room").nth(1)):
        expect(gone).to_have_count(0)
    one.button("Stop searching").click()
    one.button("Find an opponent").click()
    expect(one.page.get_by_text("4 min, delay of 5 s").first).to_be_visible()
    one.page.get_by_role("group", name="Search").get_by_role("button", name="Create room").click()
    expect(one.button("Find an opponent")).to_be_visible()
    expect(one.page.locator(".own-room")).to_contain_text("4 min, delay of 5 s")
    [room] = [each for each in other.call("rooms.list")["items"] if each["owner"] == one.login]
    assert room["options"]["clock"] == {"initial": 240, "delay": 5}


def test_search_continues_on_other_pages(person):
    one, other = person().arrive(), person().arrive()
    for each in (one, other):
        each.field("Time").select_option(label="10 min + 0 s a move")
    one.button("Find an opponent").click()
    expect(one.page.get_by_text("Rapid · Dobutsu shogi · 10 min")).to_be_visible()
    one.page.get_by_role("link", name="Leaderboard").click()
    expect(strip(one)).to_contain_text("Looking for an opponent")
    one.button("Русский").click()
    expect(one.page.get_by_role("complementary")).to_contain_text("Ищем соперника")
    one.button("English").click()
    one.page.get_by_role("link", name="Play", exact=True).click()
    expect(one.button("Stop searching")).to_be_visible()
    expect(one.page.locator(".waited")).not_to_have_text("0:00")
    expect(strip(one)).to_have_count(0)
    one.page.get_by_role("link", name="Leaderboard").click()
    other.button("Find an opponent").click()
    for each in (one, other):
        expect(each.square("b2")).to_be_visible()
    expect(strip(one)).to_have_count(0)


def test_search_is_stopped_from_any_page(person):
    one, other = person().arrive(), person().arrive()
    one.button("Find an opponent").click()
    one.page.get_by_role("link", name="Leaderboard").click()
    strip(one).get_by_role("button", name="Stop searching").click()
    expect(strip(one)).to_have_count(0)
    other.button("Find an opponent").click()
    expect(other.page.get_by_text("Nobody else is looking")).to_be_visible()
    one.page.get_by_role("link", name="Play", exact=True).click()
    expect(one.button("Find an opponent")).to_be_visible()


@pytest.fixture
def searching(person):
    """A person who searches, and their line to the server."""
    one = person()
    line = Line(one)
    one.arrive().button("Find an opponent").click()
    expect(one.page.get_by_text("Nobody else is looking")).to_be_visible()
    return one, line


def test_search_stopped_elsewhere_is_announced(person, two_players):
    player, other = two_players
    one = person().open().known_as(player).log_in()
    one.button("Find an opponent").click()
    expect(one.page.get_by_text("Nobody else is looking")).to_be_visible()
    player.call("searcher.stop")
    expect(one.page.locator("#notices")).to_contain_text("The search has ended.")
    expect(one.button("Find an opponent")).to_be_focused()
    assert player.call("searcher.status") == {"status": "idle"}
    one.button("Search again").click()
    expect(one.button("Stop searching")).to_be_focused()
    eventually(lambda: player.call("searcher.status")["status"] == "searching")
    other.call("searcher.start")
    expect(one.square("b2")).to_be_visible()


def test_search_stopped_at_once_does_not_start(person, player):
    searcher = player()
    one = person()
    line = Line(one)
    one.open().known_as(searcher).log_in()
    line.holds = "searcher.start"
    one.button("Find an opponent").click()
    one.button("Stop searching").click()
    expect(one.button("Find an opponent")).to_be_focused()
    one.page.wait_for_timeout(300)  # else what stops it could not come before what begins it
    line.let_through()
    eventually(lambda: line.told("searching"), what="the beginning of the search")

    def has_ended():
        line.pass_on()
        return searcher.call("searcher.status") == {"status": "idle"}

    eventually(has_ended, what="its end")


def test_search_lost_with_its_connection_is_restarted(person, searching):
    one, line = searching
    line.cut()
    line.mend()
    eventually(lambda: line.told("SearchAlreadyStarted"), what="the page's coming back")
    line.let_server_know()
    eventually(lambda: line.asked("searcher.start") == 3, what="a new search")
    expect(one.button("Stop searching")).to_be_visible()
    other = person().arrive()
    other.button("Find an opponent").click()
    for each in (one, other):
        expect(each.square("b2")).to_be_visible()


def test_opponent_found_while_disconnected_is_kept(player, searching):
    one, line = searching
    line.cut()
    found = player().call("searcher.start")
    assert (found["status"], found["opponent"]) == ("found", one.login)
    line.mend()
    expect(one.square("b2")).to_be_visible()
    assert found["session_id"] in one.page.url
    assert line.asked("searcher.start") == 1


def test_search_shows_its_rating_window(searching):
    one, _ = searching
    expect(one.page.get_by_text(re.compile(r"within ±\d+ points of you"))).to_be_visible()
    expect(one.page.get_by_text("Now among players of any strength.")).to_be_visible()
    one.button("Stop searching").click()
    one.button("Find an opponent").click()
    expect(one.page.get_by_text(re.compile(r"within ±\d+ points of you"))).to_be_visible()


def test_hidden_page_does_not_poll(person):
    one = person()
    line = Line(one)
    one.page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => true });")
    one.arrive().button("Find an opponent").click()
    eventually(lambda: line.asked("searcher.status") >= 2, what="how the search stands")
    assert line.asked("searcher.window") == 0
