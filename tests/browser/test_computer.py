"""Games against the computer, from the first page on, by whoever has no account."""

import re

import pytest
from playwright.sync_api import expect

from tests.bots import bots_of
from tests.browser.test_pages import check, each_device
from tools.demo.client import Client

LATER = "{ const now = Date.now; Date.now = () => now() + 25_000; }"


@pytest.fixture
def bots(running_stack):
    """A process of computer opponents, which is stopped at the end."""
    process = bots_of(running_stack)
    process.start()
    yield process
    process.stop()


def ready(one):
    """Wait until the computer is online."""
    expect(one.page.get_by_text("does not count for the rating")).to_be_visible(timeout=60_000)
    return one


@each_device
def test_newcomer_plays_the_computer_by_pressing_two_buttons(bots, person, phone):
    one = person(phone=phone).open()
    one.button("Play as a guest").click()
    ready(one)
    check(one, "computer")
    one.field("Its level").select_option("1")
    one.field("Who begins").select_option("first")
    one.button("Play the computer").press("Enter")
    expect(one.square("b2")).to_be_visible(timeout=5000)
    expect(one.page.get_by_role("link", name=re.compile("^computer-1-"))).to_be_visible()
    one.says("Your turn")
    one.move("b2b3")
    one.says("Your turn")


def test_computer_is_offered_to_who_searches_for_long(bots, person):
    one = person().arrive()
    one.button("Русский").click()
    expect(one.page.get_by_text("Партия с компьютером")).to_be_visible(timeout=60_000)
    one.button("Найти соперника").click()
    instead = one.button("Сыграть пока с компьютером")
    expect(one.page.get_by_text("Сейчас больше никто")).to_be_visible()
    expect(instead).to_be_hidden()
    one.page.evaluate(LATER)
    instead.click()
    expect(one.square("b2")).to_be_visible()


def test_lobby_says_which_games_a_level_plays_at_random(running_stack, person):
    with Client(running_stack.url()) as bot:
        bot.call(
            "auth.register", login="computer-3-odd",
            password=running_stack.settings["BOTS_PASSWORD"],
        )
        bot.call("accounts.become_bot")
        bot.call("accounts.update", bio="A program, level 3 of 5. At random: Chess, Battleship.")
        one = ready(person().arrive())
        one.field("Its level").select_option("3")
        told = one.page.get_by_text("It plays this game at random.")
        expect(told).to_be_hidden()
        one.page.get_by_label("Game", exact=True).select_option("battleship")
        expect(told).to_be_visible()


def test_lobby_says_that_no_computer_is_online(person):
    one = person().arrive()
    expect(one.page.get_by_text("The computer is not here right now.")).to_be_visible()
    expect(one.button("Play the computer")).to_be_disabled()
