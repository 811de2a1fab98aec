"""The page without a connection."""

import json
import time

import pytest
from playwright.sync_api import expect

from client import Refused
from tests.stack import eventually

# Seconds before each further attempt, by docs/web-client.md; each a fifth shorter or longer.
PAUSES = (0.3, 1, 2, 4)
MIN_PAUSE_RATIO = 0.8


def test_reconnection_delays_grow(person):
    one = person()
    is_down, tried = [], []

    def answer(socket):
        if is_down:
            tried.append(time.monotonic())
            socket.close()
        else:
            sockets.append(socket)
            socket.connect_to_server()

    sockets: list = []
    one.page.route_web_socket("**/ws", answer)
    one.arrive()
    is_down.append(True)
    tried.append(time.monotonic())
    sockets[-1].close()
    eventually(lambda: one.page.wait_for_timeout(20) or len(tried) > len(PAUSES), 30)
    waited = [after - before for before, after in zip(tried, tried[1:], strict=False)]
    for pause, least in zip(waited, PAUSES, strict=False):
        assert pause >= least * MIN_PAUSE_RATIO
    expect(one.page.get_by_text("The connection is lost. Trying again in 0:0")).to_be_visible()
    is_down.clear()
    one.button("Try now").click()
    expect(one.page.get_by_text("The connection is lost")).to_be_hidden()
    expect(one.button("Find an opponent")).to_be_visible()


KEEP_SOCKETS = """{
  const Socket = WebSocket;
  window.sockets = [];
  window.WebSocket = class extends Socket {
    constructor(...at) {
      super(...at);
      window.sockets.push(this);
    }
  };
}"""


def test_closing_connection_does_not_freeze_the_page(person):
    """Between the server's close and the event of it, every call fails at once."""
    one = person()
    one.page.add_init_script(KEEP_SOCKETS)
    one.arrive()
    one.page.evaluate("""() => {
      Object.defineProperty(sockets[0], "readyState", { value: WebSocket.CLOSING });
    }""")
    one.page.wait_for_function("() => sockets.length === 2")
    one.button("Create room").click()
    expect(one.button("Close room")).to_be_visible()


EXPIRE = """() => {
    const entry = JSON.parse(sessionStorage.getItem("arbiter.tokens"));
    sessionStorage.setItem("arbiter.tokens", JSON.stringify({ ...entry, until: 0 }));
}"""
KEPT = """() => [sessionStorage, localStorage].map((each) => each.getItem("arbiter.tokens"))
  .find(Boolean) ?? null"""


def test_lobby_asks_for_nothing_while_the_connection_is_lost(person):
    one, is_down, asked = person(), [], []

    def answer(socket):
        if is_down:
            socket.close()
            return
        server = socket.connect_to_server()
        socket.on_message(lambda message: asked.append(message) or server.send(message))
        sockets.append(socket)

    sockets: list = []
    one.page.route_web_socket("**/ws", answer)
    one.page.clock.install()
    one.arrive()
    is_down.append(True)
    sockets[-1].close()
    expect(one.page.get_by_text("The connection is lost")).to_be_visible()
    one.page.clock.run_for(60_000)
    is_down.clear()
    del asked[:]
    one.page.clock.run_for(20_000)
    expect(one.page.get_by_text("The connection is lost")).to_be_hidden()
    eventually(lambda: one.page.wait_for_timeout(20) or any("rooms.list" in each for each in asked))
    assert sum("rooms.list" in each for each in asked) < 60 / 3


def test_logout_works_without_a_connection(person):
    one = person().arrive()
    one.context.set_offline(True)
    expect(one.page.get_by_text("The connection is lost")).to_be_visible()
    one.button("Log out").click()
    expect(one.button("Register")).to_be_visible()
    assert one.page.evaluate(KEPT) is None
    one.context.set_offline(False)
    expect(one.page.get_by_text("The connection is lost")).to_be_hidden()
    one.page.reload()
    expect(one.button("Register")).to_be_visible()
    expect(one.button("Log out")).to_be_hidden()


def test_page_that_loses_the_answer_to_a_renewal_stays_logged_in(person):
    one, lost = person().arrive(), []

    def lose_one_answer(route):
        if "auth.refresh" in (route.request.post_data or "") and not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    one.page.route("**/rpc", lose_one_answer)
    before = json.loads(one.page.evaluate(KEPT))
    one.page.evaluate(EXPIRE)
    one.page.reload()
    eventually(lambda: one.page.wait_for_timeout(50) or lost, what="a renewal")
    one.page.reload()
    expect(one.button("Log out")).to_be_visible()

    def kept_another():
        one.page.wait_for_timeout(50)
        kept = one.page.evaluate(KEPT)
        return kept and json.loads(kept)["refresh"] != before["refresh"]

    eventually(kept_another, what="the next token")
    assert one.faults.pop() == "Failed to load resource: net::ERR_FAILED"


def test_logout_revokes_the_login_on_the_server(person, rpc):
    one = person().arrive()
    tokens = json.loads(one.page.evaluate(KEPT))
    one.button("Log out").click()
    expect(one.button("Register")).to_be_visible()

    def has_ended():
        try:
            rpc("auth.change_password", tokens["access"], password="no", new_password="no horse")
        except Refused as refused:
            return refused.type == "InvalidToken"

    eventually(has_ended, what="the end of the login")
    with pytest.raises(Refused, match="its login has ended"):
        rpc("auth.refresh", refresh_token=tokens["refresh"])
