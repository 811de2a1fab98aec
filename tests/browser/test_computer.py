"""Games against the computer, from the first page on, by whoever has no account."""

import json
import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from client import Client
from tests.bots import bots_of
from tests.browser.people import strip
from tests.browser.test_pages import check, each_device
from tests.e2e.playing import by_room
from tests.stack import eventually

LATER = "{ const now = Date.now; Date.now = () => now() + 25_000; }"


@pytest.fixture(scope="module")
def bots(running_stack):
    """A process of computer opponents, which is stopped at the end.

    Anew for each test, it would be online as its predecessor was until it is gone, and then as
    nobody for a moment.
    """
    process = bots_of(running_stack)
    process.start()
    yield process
    process.stop()


def ready(one):
    """Wait until the computer is online, in all its levels."""
    expect(one.page.get_by_text("does not count for the rating")).to_be_visible(timeout=60_000)
    expect(one.field("Its level").locator("option:disabled")).to_have_count(0, timeout=60_000)
    return one


def test_lobby_says_that_no_computer_is_online(person):
    one = person().arrive()
    expect(one.page.get_by_text("The computer is not here right now.")).to_be_visible()
    expect(one.button("Play the computer")).to_be_disabled()


def test_lobby_soon_looks_again_for_a_computer(person):
    one = person()
    one.page.clock.install()
    with one.page.expect_websocket() as made:
        one.arrive()
    expect(one.page.get_by_text("The computer is not here right now.")).to_be_visible()
    unanswered: set = set()
    made.value.on("framesent", lambda sent: unanswered.add(json.loads(sent)["id"]))
    made.value.on("framereceived", lambda text: unanswered.discard(json.loads(text).get("id")))
    one.page.clock.pause_at(datetime.now() + timedelta(minutes=1))
    eventually(lambda: one.page.wait_for_timeout(20) or not unanswered, what="the last answer")
    with made.value.expect_event("framesent", lambda sent: '"kind":"bot"' in sent):
        one.page.clock.run_for(4000)


def test_level_is_played_only_while_it_is_there(running_stack, person):
    with Client(running_stack.url()) as bot:
        bot.call(
            "auth.register", login="computer-4-alone",
            password=running_stack.settings["BOTS_PASSWORD"],
        )
        bot.call("accounts.become_bot")
        one = person().arrive()
        expect(one.page.get_by_text("This level is not here right now.")).to_be_visible()
        expect(one.button("Play the computer")).to_be_disabled()
        one.field("Its level").select_option("4")
        expect(one.button("Play the computer")).to_be_enabled()


def test_game_begins_without_waiting_for_a_timer(bots, person):
    """Nothing but calls and events lies between the press and the board, on any machine."""
    one = person()
    one.page.clock.install()
    ready(one.arrive())
    one.page.clock.pause_at(datetime.now() + timedelta(minutes=1))
    one.button("Play the computer").press("Enter")
    expect(one.square("b2")).to_be_visible()


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
    one.page.get_by_role("link", name=re.compile("^computer-2")).click()
    expect(one.page.get_by_role("heading", name="Компьютер, уровень 2")).to_be_visible()
    expect(one.page.get_by_text("Программа, уровень 2 из 5.")).to_be_visible()
    one.page.go_back()
    one.button("Найти соперника").click()
    instead = one.button("Сыграть пока с компьютером")
    expect(one.page.get_by_text("Сейчас больше никто")).to_be_visible()
    expect(instead).to_be_hidden()
    one.page.evaluate(LATER)
    expect(instead).to_be_visible()
    one.page.get_by_role("link", name="Рейтинг").click()
    strip(one, "Ваши партии").get_by_role("button", name="Сыграть пока с компьютером").click()
    expect(one.square("b2")).to_be_visible()


def test_lobby_says_which_games_a_level_plays_at_random(bots, running_stack, person):
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


def test_random_games_are_read_from_a_computers_profile(person):
    said = person(language="ru-RU").open().page.evaluate("""async (bio) => {
        const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
        const { store } = await import(`${base}lib/store.js`);
        const { bioOf } = await import(`${base}parts/bot_profiles.js`);
        store.games = [{ name: "rps", title: "Rock, paper" }, { name: "chess", title: "Chess" }];
        return bioOf({ login: "computer-3", bio });
    }""", "A program, level 3 of 5. At random: Dice, Rock, paper, and 7 more.")
    assert said == "Программа, уровень 3 из 5. Наугад: Rock, paper, и другие (7)."


def test_ended_game_is_continued_by_whoever_has_no_account(bots, person, two_players):
    """Its link shows each position with the clocks of the time, and lets anybody play on there."""
    one, other = two_players
    session_id = by_room(one, other, clock={"initial": 600, "increment": 60}, rated=False)
    for number, move in enumerate(("b2b3", "b4b3", "c1c2")):
        two_players[number % 2].move(session_id, move)
    one.command(session_id, {"type": "resign"})
    reader = person().open(f"/#/game/{session_id}")
    go_on = reader.button("Play on from here")
    expect(go_on).to_be_visible()
    expect(reader.page.get_by_text("Dobutsu shogi · 10 min + 60 s a move · casual")).to_be_visible()
    clock = reader.page.get_by_role("timer").last
    expect(clock).to_have_text(re.compile("^1(1:00|0:5)"))
    for _ in range(2):
        reader.page.keyboard.press("ArrowLeft")
    expect(clock).to_have_text("10:00")
    go_on.click()
    reader.page.get_by_role("dialog").get_by_role("button", name="Play as a guest").click()
    expect(reader.button("Log out")).to_be_attached()
    expect(clock).to_have_text("10:00")  # the same position
    reader.page.get_by_role("dialog").get_by_label("Who begins").select_option("first")
    reader.page.get_by_role("dialog").get_by_role("button", name="Play the computer").click()
    reader.says("Your turn")
    expect(reader.button("b3, opponent's chick")).to_be_visible()
    expect(reader.page.get_by_text("from a position · casual")).to_be_visible()
    reader.move("b4b3")
    expect(reader.page.get_by_role("list", name="Moves").get_by_role("button")).to_have_count(2)


def test_dialog_leaves_what_a_search_offers_of_the_computer(person):
    chosen = person().open().page.evaluate("""async () => {
        const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
        const { store } = await import(`${base}lib/store.js`);
        const { computerPanel } = await import(`${base}parts/computer.js`);
        const { continueFrom } = await import(`${base}parts/continue_form.js`);
        const game = () => computerPanel.chosen().game;
        computerPanel.chosen = () => ({ game: "searched", options: {}, seats: 2 });
        store.login = "ann";
        continueFrom({ session_id: "s", game: "continued", options: {}, players: ["b", "c"] }, 1);
        const dialog = document.querySelector("dialog");
        const closed = new Promise((resolve) => dialog.addEventListener("close", resolve));
        const within = game();
        dialog.close();
        await closed;
        return [within, game()];
    }""")
    assert chosen == ["continued", "searched"]
