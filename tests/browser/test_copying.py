"""Copying in a secure context (as on localhost) and in none, and the QR code of a link."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import qr
from tests.browser.conftest import PLAIN_HOST
from tests.e2e.playing import RESIGN, begin, both_move
from tests.stack import eventually

REFUSE = "document.execCommand = () => false;"
each_host = pytest.mark.parametrize("host", ["localhost", PLAIN_HOST])


@pytest.fixture
def visitor(person, stack):
    """Makes people on a host, with the permission to use the clipboard."""

    def come(host):
        base = f"http://{host}:{stack.port}"
        one = person(base=base)
        if host == "localhost":
            one.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        one.open()
        assert one.page.evaluate("() => Boolean(navigator.clipboard)") is (host == "localhost")
        return one

    return come


def pasted(one):
    """Return the clipboard, by pasting it into a field."""
    one.field("Key").fill("")
    one.field("Key").press("Control+V")
    return one.field("Key").input_value()


@each_host
def test_each_private_room_has_its_own_link(visitor, host):
    one = visitor(host).register()
    rooms = one.page.get_by_role("region", name="Your private room is open")
    for number in (1, 2):
        one.button("Create private room").click()
        expect(rooms).to_have_count(number)
    links = [each.get_by_label("Link", exact=True).input_value() for each in rooms.all()]
    assert len(set(links)) == 2
    ids = one.page.evaluate("() => [...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(set(ids)) == len(ids)
    for room, link in zip(rooms.all(), links, strict=True):
        room.get_by_role("button", name="Copy link").click()
        expect(one.page.locator("#notices")).to_contain_text("Copied")
        expect(room.get_by_role("button", name="Copy link")).to_be_focused()
        # "Copied" may still be that of the room before.
        eventually(lambda wanted=link: pasted(one) == wanted, what=f"{link} in the clipboard")


def test_link_is_selected_if_copying_fails(visitor):
    one = visitor(PLAIN_HOST)
    one.page.evaluate(f"() => {{ {REFUSE} }}")
    one.register().button("Create private room").click()
    one.button("Copy link").click()
    expect(one.page.locator("#notices")).to_contain_text("does not let the page copy")
    expect(one.page.locator("#notices")).not_to_contain_text("Copied")
    link = one.field("Link").input_value()
    assert one.page.evaluate("""() => {
      const { value, selectionStart: start, selectionEnd: end } = document.activeElement;
      return value.slice(start, end);
    }""") == link


@each_host
def test_moves_are_copied(visitor, two_players, host):
    first, second = two_players
    session_id = begin(first, second)
    both_move(first, second, session_id)
    second.command(session_id, RESIGN)
    one = visitor(host).known_as(first).log_in().open(f"/#/game/{session_id}")
    one.button("Copy moves").click()
    expect(one.page.locator("#notices")).to_contain_text("Copied")
    one.open("/#/")
    text = pasted(one)
    assert "b2b3" in text and "resignation" in text


def test_copying_begins_in_the_turn_of_the_press(visitor):
    """Later, Safari would not let the page copy."""
    one = visitor("localhost").register()
    one.page.evaluate("""() => {
      const { write } = Clipboard.prototype;
      window.turns = [];
      Clipboard.prototype.write = function (items) {
        turns.push(window.event?.type);
        return write.call(this, items);
      };
    }""")
    one.button("Challenge by link").click()
    expect(one.page.locator("#notices")).to_contain_text("Copied")
    assert one.page.evaluate("() => turns") == ["click"]


def modules(one):
    """Return the modules of the displayed code, from its drawing."""
    path, width = one.page.get_by_role("img", name="QR code of the link").evaluate(
        "(svg) => [svg.querySelector('path').getAttribute('d'), svg.viewBox.baseVal.width]"
    )
    dark = {(int(y), int(x)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    size = int(width) - 6  # what is left of the quiet zone around it
    return [[(row, column) in dark for column in range(size)] for row in range(size)]


@each_host
def test_qr_code_has_the_link(visitor, host):
    one = visitor(host).register()
    one.button("Create private room").click()
    assert qr.read(modules(one)) == one.field("Link").input_value()


def test_faulty_qr_code_is_not_read(visitor):
    """Without it, the test before would show little."""
    one = visitor("localhost").register()
    one.button("Create private room").click()
    shown = modules(one)
    qr.read(shown)
    shown[-1][-1] = not shown[-1][-1]
    with pytest.raises(ValueError, match="not those of a code"):
        qr.read(shown)
