"""What the page does while it has no connection."""

import time

from playwright.sync_api import expect

from tests.stack import eventually

# Seconds before each further attempt, by docs/web-client.md; each a fifth shorter or longer.
PAUSES = (0.3, 1, 2, 4)
SHORTEST = 0.8


def test_a_lost_connection_is_tried_again_after_growing_pauses(person):
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
        assert pause >= least * SHORTEST
    expect(one.page.get_by_text("The connection is lost. Trying again in 0:0")).to_be_visible()
    is_down.clear()
    one.button("Try now").click()
    expect(one.page.get_by_text("The connection is lost")).to_be_hidden()
    expect(one.button("Find an opponent")).to_be_visible()
