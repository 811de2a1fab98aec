"""A server with other settings, and with a game of another package."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PLAIN_HOST
from tests.browser.people import listed
from tests.browser.test_pages import check
from tests.browser.test_searching import Line
from tests.conftest import BROWSER
from tests.docs.pages import read
from tests.e2e.playing import begin, both_move
from tests.stack import Stack, eventually

# Tokens are renewed a minute before they run out: every 5 seconds here.
SETTINGS = {"GRACE": 2.5, "LEAVING": "claim", "READY_CHECK": 20, "ACCESS_TOKEN_TTL": 65}
METADATA = "Metadata-Version: 2.1\nName: arbiter-tictactoe\nVersion: 1.0\n"
ENTRY_POINTS = "[game_plugins]\ntictactoe = tictactoe:TicTacToe\n"


@pytest.fixture(scope="module")
def running_stack(broker, tmp_path_factory):
    """A stack of its own, with the game of docs/writing-a-game.md installed."""
    games = tmp_path_factory.mktemp("games")
    (games / "tictactoe.py").write_text(read("docs/examples/tictactoe.py"))
    about = games / "arbiter_tictactoe-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(METADATA)
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    folder = tmp_path_factory.mktemp("other")
    with Stack(folder, broker.uri(BROWSER), PYTHONPATH=games, **SETTINGS) as stack:
        yield stack


def test_claim_wins_an_abandoned_game_with_a_wrong_clock(person, two_players):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    left = person(clock_is_ahead=-3600).open().known_as(one).log_in().open(f"/#/game/{session_id}")
    left.says("Your turn")
    other.close()
    expect(left.page.get_by_text(re.compile("0:0[0-2] left to come back"))).to_be_visible()
    left.button("Claim victory").click()
    left.says("You won: the game was left")


def test_claim_ends_when_the_opponent_returns(person, two_players):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    left = person().open().known_as(one).log_in().open(f"/#/game/{session_id}")
    other.call("sessions.disconnect", session_id=session_id)
    expect(left.button("Claim victory")).to_be_visible()
    other.connect(session_id)
    expect(left.page.get_by_text("has not come back")).to_be_hidden()
    expect(left.button("Claim victory")).to_be_hidden()
    expect(left.button("Claim draw")).to_be_hidden()


def test_matched_players_are_asked_to_accept(person):
    one, other = person().arrive(), person().arrive()
    for each in (one, other):
        each.button("Find an opponent").click()
    question = [
        each.page.get_by_role("dialog", name="An opponent is here!") for each in (one, other)
    ]
    for each in question:
        expect(each.get_by_text("Dobutsu shogi")).to_be_visible()
        expect(each.get_by_text("to answer")).to_be_visible()
    check(one, "proposal", whole=False)
    other.button("Not now").click()
    expect(other.page.get_by_text("You did not accept").first).to_be_visible()
    expect(other.button("Find an opponent")).to_be_visible()
    expect(question[0]).to_have_count(0)
    expect(one.page.get_by_text("The search goes on").first).to_be_visible()
    third = person().arrive()
    third.button("Find an opponent").click()
    one.button("I am ready").click()
    waiting = one.page.get_by_role("dialog").get_by_role("status")
    expect(waiting).to_have_text("Waiting for the other player…")
    expect(one.page.get_by_text("to answer")).to_be_hidden()
    expect(third.button("I am ready")).to_be_focused()
    third.page.keyboard.press("Enter")
    for each in (one, third):
        expect(each.square("b2")).to_be_visible()
        expect(each.page.get_by_role("dialog")).to_have_count(0)


def test_accepted_match_opens_after_a_reconnection(person):
    one, other = person(), person().arrive()
    line = Line(one)
    one.arrive()
    for each in (one, other):
        each.button("Find an opponent").click()
    one.button("I am ready").click()
    expect(one.page.get_by_text("Waiting for the other player")).to_be_visible()
    line.cut()
    other.button("I am ready").click()
    expect(other.square("b2")).to_be_visible()
    line.mend()
    expect(one.square("b2")).to_be_visible()
    expect(one.page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("host", ["localhost", PLAIN_HOST])
def test_two_tabs_renew_a_login_once(person, stack, host):
    one = person(base=f"http://{host}:{stack.port}").open()
    assert one.page.evaluate("() => Boolean(navigator.locks)") is (host == "localhost")
    if host != "localhost":  # the tabs share their storage; else each has one of its own
        one.field("Keep me signed in on this device").check()
    spent, sockets = [], []
    one.context.on("request", lambda request: spent.extend(refresh_token(request)))
    one.page.on("websocket", lambda socket: sockets.append(socket))
    one.register()
    with one.context.expect_page() as opened:
        one.page.evaluate("() => { open(location.href); }")
    second = opened.value
    expect(second.get_by_role("button", name="Find an opponent")).to_be_visible()
    opened_before = len(sockets)
    eventually(lambda: one.page.wait_for_timeout(50) or len(spent) >= 3, 60, "the third renewal")
    assert len(set(spent)) == len(spent)
    for page in (one.page, second):
        expect(page.get_by_role("button", name="Find an opponent")).to_be_visible()
        # A tab that is loaded anew while tokens are renewed does not get the new ones.
        one.context.wait_for_event("requestfinished", refresh_token, timeout=30_000)
        one.page.wait_for_timeout(300)  # until all tabs have them
        page.reload()
        expect(page.get_by_role("button", name="Find an opponent")).to_be_visible()
    assert len(sockets) == opened_before + 1  # by the reload


def refresh_token(request):
    """Return the refresh token that a request uses, in a list, or an empty list."""
    body = json.loads(request.post_data or "{}")
    return [body["params"]["refresh_token"]] if body.get("method") == "auth.refresh" else []


def test_plugin_game_is_drawn_by_its_hints(person):
    one, other = person().arrive(), person().arrive()
    one.page.get_by_label("Game", exact=True).select_option("tictactoe")
    one.button("Create room").click()
    row = listed(other, "Open rooms", one.login)
    expect(row).to_contain_text("Tic-tac-toe")
    row.get_by_role("button", name="Join").click()
    for number, square in enumerate(("a1", "a2", "b1", "b2", "c1")):
        mover = (one, other)[number % 2]
        mover.says("Your turn")
        expect(mover.page.locator("[data-square]")).to_have_count(9)
        mover.button(f"{square}, empty").click()
    one.says("You won: three in a row")
    expect(other.button("a1, opponent's X")).to_be_visible()
    expect(other.button("a2, your O")).to_be_visible()
    other.button("First position").click()
    expect(other.page.get_by_role("button", name="empty")).to_have_count(9)
    one.shot("plugin-desktop-light")
