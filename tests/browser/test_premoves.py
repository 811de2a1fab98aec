"""Moves that are planned before one's turn, taken back, or refused."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import listed, meet


def test_premove_is_made(playing):
    first, second = playing
    second.move("a4a3")
    expect(second.page.locator(".square.premove")).to_have_count(2)
    first.move("c1c2")
    first.says("Your turn")
    expect(first.button("1… Ga3")).to_be_visible()


def test_board_and_bars_fit_a_small_phone_with_a_premove(person):
    first, second = meet(person(phone=True).arrive(), person(phone=True).arrive())
    second.page.set_viewport_size({"width": 390, "height": 664})
    second.move("a4a3")
    expect(second.button("Cancel planned move")).to_be_in_viewport(ratio=1)
    for bar in second.page.locator("game-page .bar").all():
        expect(bar).to_be_in_viewport(ratio=1)
        assert bar.bounding_box()["height"] < 50
    sizes = second.page.evaluate("() => [document.body.scrollWidth, innerWidth]")
    assert sizes[0] <= sizes[1]


@pytest.mark.parametrize("phone", [True, False], ids=["touch", "mouse"])
def test_any_press_takes_a_premove_back(person, phone):
    first, second = meet(person(phone=phone).arrive(), person(phone=phone).arrive())
    planned = second.page.locator(".square.premove")
    for pressed in ("a3", "a4", "c2"):
        second.move("a4a3")
        expect(planned).to_have_count(2)
        second.press(second.square(pressed))
        expect(planned).to_have_count(0)
        expect(second.page.locator("[aria-pressed=true].square")).to_have_count(0)
    second.move("a4a3")
    expect(second.square("a3")).to_have_attribute("aria-description", "planned move")
    second.press(second.square("c4"))
    expect(planned).to_have_count(0)
    expect(second.square("c4")).to_have_attribute("aria-pressed", "true")
    second.press(second.square("c3"))
    expect(planned).to_have_count(2)
    second.press(second.button("Cancel planned move"))
    expect(second.button("Cancel planned move")).to_have_count(0)
    first.move("c1c2")
    second.says("Your turn")
    expect(second.button("c4, your elephant")).to_be_visible()
    expect(first.page.get_by_role("list", name="Moves").get_by_role("button")).to_have_count(1)


def test_keyboard_takes_a_premove_back(playing):
    first, second = playing
    second.move("a4a3", "keys")
    expect(second.page.locator(".square.premove")).to_have_count(2)
    second.page.keyboard.press("Escape")
    expect(second.page.locator(".square.premove")).to_have_count(0)
    second.move("a4a3", "keys")
    second.tab_to("document.activeElement.ariaLabel === 'Cancel planned move'")
    second.page.keyboard.press("Enter")
    expect(second.page.locator(".square.premove")).to_have_count(0)
    assert second.page.evaluate("() => Boolean(document.activeElement.dataset.square)")
    first.move("c1c2")
    second.says("Your turn")


def test_impossible_premove_is_dropped(playing):
    first, second = playing
    second.move("b3b2")
    second.says(f"{first.login} is to move")
    first.move("b2b3")
    expect(second.page.get_by_text("is not possible any more").first).to_be_visible()
    second.says("Your turn")


def test_refused_move_is_undone_with_its_reason(person):
    """The page is told that every move is legal."""
    one, other = person(), person()

    def between(socket):
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(message.replace('"b2b3"', '"b2c3"')))

    one.page.route_web_socket("**/ws", between)
    one.arrive().button("Create room").click()
    row = listed(other.arrive(), "Open rooms", one.login)
    row.get_by_role("button", name="Join").click()
    one.says("Your turn")
    one.move("b2c3")
    shown = one.page.get_by_text("That move is not possible: 'b2c3' is not legal")
    expect(shown.first).to_be_visible()
    one.says("Your turn")
    expect(one.button("b2, your chick")).to_be_visible()
