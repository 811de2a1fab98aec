"""Players who reload, lose their connection or come back, and play on."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import meet, strip
from tests.browser.refusing import Refusing
from tests.conftest import BROWSER
from tests.e2e.playing import begin, both_move
from tests.stack import Stack, eventually

GRACE = 10  # long enough for who comes back on a busy machine


@pytest.fixture(scope="module")
def running_stack(broker, tmp_path_factory):
    """A stack of its own, with a grace long enough for everybody who comes back."""
    folder = tmp_path_factory.mktemp("coming-back")
    with Stack(folder, broker.uri(BROWSER), GRACE=GRACE) as stack:
        yield stack


def test_reload_returns_to_the_board(playing):
    first, second = playing
    first.move("b2b3")
    second.says("Your turn")
    first.page.reload()
    first.says(f"{second.login} is to move")
    expect(first.button("chick in hand")).to_be_visible()
    expect(first.button("1. Cxb3")).to_be_visible()
    second.page.reload()
    second.move("b4b3")
    first.says("Your turn")


def test_events_that_come_in_pages_are_all_shown(playing):
    first, second = playing
    first.move("b2b3")
    second.move("b4b3")
    first.says("Your turn")
    pages = []

    def between(ws):
        server = ws.connect_to_server()

        def pass_first_event_only(message):
            answer = json.loads(message)
            result = answer.get("result")
            is_connected = isinstance(result, dict) and "session" in result
            if is_connected and result.get("events"):
                result["events"] = result["events"][:1]
                [event] = result["events"]
                is_last = event["version"] == result["session"]["version"]
                result["next"] = None if is_last else event["version"]
                pages.append(result["next"])
            ws.send(json.dumps(answer))

        server.on_message(pass_first_event_only)

    first.page.route_web_socket("**/ws", between)
    first.page.reload()
    first.says("Your turn")
    expect(first.button("1. Cxb3")).to_be_visible()
    expect(first.page.get_by_role("list", name="Moves").get_by_role("button")).to_have_count(2)
    assert len(pages) > 2 and pages[-1] is None


def test_move_made_offline_is_sent_once(playing):
    first, second = playing
    first.context.set_offline(True)  # for less than the grace
    first.move("b2b3")
    first.says("Your move is sent as soon as the connection is back")
    first.context.set_offline(False)
    first.says(f"{second.login} is to move")
    expect(second.button("1. Cxb3")).to_be_visible()
    expect(second.page.get_by_role("list", name="Moves").get_by_role("button")).to_have_count(1)
    second.move("b4b3")
    first.says("Your turn")


def test_move_with_a_lost_answer_is_made_once(person):
    """The connection breaks between the request for the move and its answer."""
    unlucky, other = person(), person()
    sent, broken, first_socket = [], [], []

    def between(socket):
        server = socket.connect_to_server()
        first_socket.append(socket)

        def to_server(message):
            if json.loads(message)["method"] == "sessions.execute":
                sent.append(json.loads(message)["params"])
            server.send(message)

        def to_page(message):
            if len(sent) == 1 and not broken:
                broken.append(True)
                socket.close()
            elif broken and socket is first_socket[0]:
                pass  # nothing comes out of a broken connection
            else:
                socket.send(message)

        socket.on_message(to_server)
        server.on_message(to_page)

    unlucky.page.route_web_socket("**/ws", between)
    first, second = meet(unlucky.arrive(), other.arrive())
    if first is not unlucky:
        first.move("b2b3")
        unlucky.says("Your turn")
        unlucky.move("b4b3")
    else:
        unlucky.move("b2b3")
    other.says("Your turn")
    unlucky.says(f"{other.login} is to move")
    assert len(sent) == 2 and sent[0]["command_id"] == sent[1]["command_id"]
    made = 1 if first is unlucky else 2
    expect(other.page.get_by_role("list", name="Moves").get_by_role("button")).to_have_count(made)


class Swallowed:
    """Holds commands back on their way to the server, until they are let through."""

    def __init__(self, person):
        self.begins = self.ended = False
        self.sent: list[dict] = []
        person.page.route_web_socket("**/ws", self._connect)

    def _connect(self, socket):
        server = socket.connect_to_server()

        def to_server(message):
            method, params = (json.loads(message)[key] for key in ("method", "params"))
            if method == "sessions.execute":
                self.sent.append(params)
                if self.begins and not self.ended:
                    return
            server.send(message)

        socket.on_message(to_server)


def test_waiting_commands_keep_their_order_after_a_reload(person):
    one, other = person(), person()
    line = Swallowed(one)
    first, second = meet(one.arrive(), other.arrive())
    first.move("b2b3")
    second.says("Your turn")
    if second is one:
        second.move("b4b3")
        first.says("Your turn")
        first.move("a1b2")
    else:
        second.move("b4b3")
    one.says("Your turn")
    line.begins = True
    before = len(line.sent)
    one.button("Offer draw").click()
    expect(one.button("Offer draw")).to_be_disabled()
    one.move("b3c3" if one is second else "a1b2")
    one.says("Sending your move")
    assert len(line.sent) == before + 1
    line.ended = True
    one.page.reload()
    one.says(f"{other.login} is to move")
    expect(other.button("Accept draw")).to_be_visible()
    other.says("Your turn")
    swallowed, again, move = line.sent[before:]
    assert swallowed == again and again["command"] == {"type": "offer_draw"}
    assert move["command"]["type"] == "move"


def test_lobby_continues_the_game_after_a_reload(playing):
    first, second = playing
    second.page.get_by_role("link", name="Leaderboard").click()
    expect(strip(second)).to_be_visible()
    second.page.reload()
    expect(strip(second)).to_contain_text(f"{first.login} is to move")
    second.page.wait_for_timeout((GRACE + 1) * 1000)
    first.move("b2b3")
    expect(strip(second)).to_contain_text("Your turn")
    second.page.go_back()
    second.says("Your turn")


@pytest.mark.parametrize("how", ["reload", "reload of another page", "lost connection"])
def test_returning_player_waits_for_the_server(person, how):
    one, other = person(), person()
    line = Refusing(one, "sessions.connect")
    first, second = meet(one.arrive(), other.arrive())
    if how == "reload of another page":
        one.page.get_by_role("link", name="Leaderboard").click()
        expect(strip(one)).to_be_visible()
    line.refuses = 2
    if how == "lost connection":
        line.break_connection()
    else:
        one.page.reload()
    waits = one.page.get_by_text("The server can’t answer at the moment")
    expect(waits).to_be_visible()
    expect(waits).to_be_hidden()
    if how == "reload of another page":
        strip(one).get_by_role("link", name="Back to the board").click()
    first.move("b2b3")
    second.says("Your turn")
    second.move("b4b3")
    first.says("Your turn")


def test_page_waits_for_its_turn_on_the_same_connection(person):
    one = person()
    line = Refusing(one, "auth.authenticate", retry_after=0.05)
    one.arrive()
    connections, line.refuses = line.connections, 3
    line.break_connection()
    eventually(lambda: one.page.wait_for_timeout(20) or not line.refuses, 30)
    one.button("Find an opponent").click()
    expect(one.button("Stop searching")).to_be_visible()
    assert line.connections == connections + 1


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_countdown_follows_the_server_clock_after_a_reload(person, two_players, ahead):
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    here = person(clock_is_ahead=ahead).open().known_as(one).log_in().open(f"/#/game/{session_id}")
    here.says("Your turn")
    one.close()
    other.close()
    waited_for = here.page.get_by_text(re.compile("^0:(0[1-9]|10) left to come back"))
    expect(waited_for).to_be_visible()
    here.page.reload()
    expect(waited_for).to_be_visible()
