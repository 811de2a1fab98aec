"""Guests: who has no account plays at once, and keeps the name by a password."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import strip
from tests.browser.test_pages import check, each_device

CASUAL = {"rated": False}
TEXTS = {
    "en-GB": ("Play as a guest", "Join as a guest", "Set a password", "guest"),
    "ru-RU": ("Играть гостем", "Сыграть гостем", "Задать пароль", "гость"),
}
NAME = re.compile("[a-z]+-[a-z]+-[0-9]{2,6}")
PASSWORD = "a password at last"


@pytest.fixture
def invited(player):
    """Opens private rooms: the host, and the path of the link for a friend."""

    def open_room(**options):
        host = player()
        room = host.call("private_rooms.create", options=options)
        return host, f"/#/join/{room['connection_key']}"

    return open_room


def name_of(person):
    login = person.page.locator("#top nav a[href^='#/player/']").inner_text()
    assert NAME.fullmatch(login)
    return login


@pytest.mark.parametrize("language", TEXTS)
@each_device
def test_stranger_is_at_the_board_in_one_press(person, invited, phone, language):
    play, join, claim, mark = TEXTS[language]
    host, path = invited(**CASUAL)
    one = person(phone=phone, language=language).open(path)
    expect(one.button(join)).to_be_visible()
    check(one, f"guest-link-{language[:2]}")
    one.press(one.button(join))
    expect(one.page.locator("[data-square='b1']").first).to_be_visible()
    login = name_of(one)
    session_id = host.wait_for("private_room.filled")["room"]["session_id"]
    assert host.call("sessions.get", session_id=session_id)["players"] == [host.login, login]
    expect(one.page.locator(".bar .kind")).to_have_text(["", mark])
    other = person(phone=phone, language=language).open()
    expect(other.button(play)).to_be_visible()
    check(other, f"guest-first-{language[:2]}")
    other.press(other.button(play))
    expect(other.page.get_by_role("link", name=claim)).to_be_visible()
    check(other, f"guest-lobby-{language[:2]}")
    other.press(other.page.get_by_role("link", name=claim))
    expect(other.button(claim)).to_be_visible()
    check(other, f"guest-claim-{language[:2]}")


@each_device
def test_challenge_by_link_is_accepted_in_one_press(person, base, phone):
    one, other = person(phone=phone), person(phone=phone)
    one.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
    one.arrive().press(one.button("Challenge by link"))
    expect(one.page.locator("#notices")).to_contain_text("Copied")
    expect(one.field("Link")).to_be_in_viewport()
    check(one, "challenge-link")
    other.page.goto(one.page.evaluate("() => navigator.clipboard.readText()"))
    other.press(other.button("Join as a guest"))
    for each in (one, other):
        expect(each.page.locator("[data-square='b1']").first).to_be_visible()


def test_guest_claims_in_mid_game_and_logs_in_again(person, invited):
    host, path = invited(**CASUAL)
    one = person().open(path)
    one.button("Join as a guest").click()
    session_id = host.wait_for("private_room.filled")["room"]["session_id"]
    host.connect(session_id)
    host.move(session_id, "b2b3")
    one.says("Your turn")
    one.login, one.password = name_of(one), PASSWORD
    one.page.get_by_role("link", name=one.login).first.click()
    one.field("New password").fill(PASSWORD)
    one.button("Set a password").click()
    expect(one.page.locator("#notices").get_by_text("The name is yours.")).to_be_visible()
    expect(one.button("Change password")).to_be_visible()
    strip(one).get_by_role("link").first.click()
    one.move("b4b3")
    host.wait_for("session.state_changed", lambda params: params["command"]["login"] == one.login)
    one.button("Log out").click()
    one.log_in()
    expect(one.page.get_by_label("Counts for the rating", exact=True)).to_be_visible()


def test_guest_is_told_why_a_rated_room_stays_closed(person, invited):
    _, path = invited()
    one = person().open(path)
    one.button("Join as a guest").click()
    expect(one.page.get_by_text("Rated games are for registered players")).to_be_visible()
    expect(one.page.get_by_role("link", name="Set a password")).to_be_visible()


def test_focus_stays_where_a_keyboard_user_is(person):
    one = person().open()
    one.button("Play as a guest").press("Enter")
    expect(one.page.get_by_role("link", name="Set a password")).to_be_visible()
    expect(one.page.get_by_role("main")).to_be_focused()
    one.button("Sound").press("Enter")
    expect(one.button("Sound")).to_be_focused()
    one.button("Русский").press("Enter")
    expect(one.button("English")).to_be_focused()


def test_guest_is_asked_before_the_name_is_lost(person):
    one = person().open()
    one.button("Play as a guest").click()
    login = name_of(one)
    one.button("Log out").click()
    one.button("Stay").click()
    one.open("/#/leaderboard").page.reload()
    assert name_of(one) == login  # the device remembers the guest
    one.button("Log out").click()
    one.page.get_by_role("dialog").get_by_role("button", name="Log out").click()
    expect(one.button("Play as a guest")).to_be_visible()


def test_bot_is_marked_wherever_it_is_named(person, player):
    bot, one = player(), person().arrive()
    bot.call("accounts.become_bot")
    bot.call("rooms.create")
    row = one.page.get_by_role("listitem").filter(has_text=bot.login).filter(has_text="Join")
    expect(row.locator(".kind")).to_have_text("bot")
    row.get_by_role("button", name="Join").click()
    expect(one.page.locator(".bar .kind").filter(has_text="bot")).to_have_count(1)
    watcher = person().open()
    row = watcher.page.get_by_role("listitem").filter(has_text=bot.login)
    expect(row.locator(".kind").filter(has_text="bot")).to_be_visible()
    one.page.get_by_role("link", name=bot.login).click()
    expect(one.page.locator("h1 .kind")).to_have_text("bot")
