"""Clocks of each kind, as the page shows them."""

import re

import pytest
from playwright.sync_api import expect

from arbiter_games.options import CommonOptions
from arbiter_games.speeds import speed_of
from tests.browser.test_pages import check
from tests.e2e.playing import begin

DAYS_SHOWN = re.compile(r"^(2 d 2[0-3] h|3 d 0 h) \+2 d$")
DAY = 86_400


@pytest.mark.parametrize(("clock", "own", "others"), [
    ({"initial": 120, "period": 30, "periods": 3}, r"^1:5\d ×3$", "2:00 ×3"),
    ({"initial": 0, "period": 30, "periods": 3}, r"^0:2\d ×3$", "0:30 ×3"),
    ({"initial": 120, "delay": 60}, r"^2:00 \+5\d$", "2:00 +60"),
    ({"initial": 120, "bronstein": 60}, r"^1:5\d$", "2:00"),
], ids=str)
def test_clock_of_each_kind_is_drawn(person, two_players, clock, own, others):
    one, other = two_players
    session_id = begin(one, other, clock=clock)
    one.move(session_id, "b2b3")
    other.move(session_id, "b4b3")
    here = person().open().known_as(one).log_in().open(f"/#/game/{session_id}")
    here.says("Your turn")
    expect(here.page.get_by_role("timer").last).to_have_text(re.compile(own))
    expect(here.page.get_by_role("timer").first).to_have_text(others)


def test_vacation_runs_when_the_days_of_a_move_are_over(person):
    parts = person().open().page.evaluate("""async ([day, lefts]) => {
        const { clockParts } = await import("/page/games/clock_parts.js");
        const details = { delay: day, main: 3 * day };
        return lefts.map((left) => clockParts({ days: 1, vacation: 3 }, left, details));
    }""", [DAY, [3.5 * DAY, 3 * DAY + 1e-9, 2.5 * DAY]])
    assert parts == [
        {"seconds": DAY / 2, "vacation": 3 * DAY}, {"seconds": 3 * DAY}, {"seconds": 2.5 * DAY},
    ]


def test_lobby_lists_games_with_days_by_turn(person, two_players):
    one, other = two_players
    begin(one, other, clock={"days": 1, "vacation": 5})
    waiting = begin(one, other, clock={"days": 3, "vacation": 2})
    begin(one, other, clock={"days": 3, "vacation": 0})
    theirs = begin(one, other, clock={"days": 2, "vacation": 0})
    one.move(theirs, "b2b3")
    here = person().open().known_as(one).log_in()
    games = here.page.get_by_role("region", name="Your games").get_by_role("listitem")
    expect(games).to_contain_text([
        re.compile("Your turn! · (3 days|2 days 23 hours) left"),
        re.compile("Your turn! · (3 days|2 days 23 hours) and a vacation of 2 days left"),
        re.compile("Your turn! · (1 day|23 hours [0-9]+ minutes) and a vacation of 5 days left"),
        re.compile(f"{other.login} is to move · (2 days|1 day 23 hours) left"),
    ])
    check(here, "lobby-days")
    here.open(f"/#/game/{waiting}").says("Your turn")
    own = here.page.get_by_role("timer").last
    expect(own).to_have_text(DAYS_SHOWN)
    expect(own).to_have_attribute("aria-label", re.compile("and a vacation of 2 days left"))
    expect(here.page.get_by_text("has lost the connection")).to_be_hidden()
    here.shot("game-days")


def test_time_left_of_a_game_is_told_to_the_minute(person):
    one = person(language="ru-RU").open()
    told = one.page.evaluate("""async (days) => {
        const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
        const { sessionItem } = await import(`${base}parts/sessions.js`);
        const { store } = await import(`${base}lib/store.js`);
        Object.defineProperty(store, "login", { value: "ada" });
        const at = (day) => new Date(store.now() + day * 86_400_000 - 500).toISOString();
        return days.map(([delay, main]) => sessionItem({
            session_id: "1", game: "dobutsu", options: { clock: { days: 3, vacation: 3 } },
            players: ["ada", "ben"], to_move: ["ada"], status: "active", result: null,
            deadlines: { ada: { delay: at(delay), main: at(main) } },
        }).querySelector(".left").textContent);
    }""", [[2.125, 2.125], [1 / 24, 3 + 1 / 24], [1 / 1440, 1 / 1440], [-1, 1.5]])
    assert told == [
        " · осталось 2 дня 3 часа", " · осталось 1 час и отпуск 3 дня", " · осталось 1 минута",
        " · осталось 1 день 12 часов отпуска",
    ]


def test_every_clock_that_can_be_set_is_accepted(person):
    """The page has bounds of its own, and tells the speed by itself."""
    page = person().open().page
    kinds = page.evaluate('async () => (await import("/page/parts/clock_choice.js")).KINDS')
    clocks = [
        {name: bounds[which] for name, bounds in kind.items()}
        for kind in kinds.values() for which in range(3)
    ]
    speeds = page.evaluate("""async (clocks) => {
        const { speedOf } = await import("/page/lib/speeds.js");
        return clocks.map(speedOf);
    }""", clocks)
    for clock, speed in zip(clocks, speeds, strict=True):
        CommonOptions.model_validate({"clock": clock})
        assert speed == speed_of(clock)
    assert set(kinds) == {"fischer", "byoyomi", "delay", "bronstein", "days"}


@pytest.mark.parametrize(("clock", "usual"), [
    (None, None),
    ({"initial": 300, "increment": 3}, None),
    ({"days": 3, "vacation": 7}, None),
    ({"initial": 300, "increment": 4}, {"initial": 300, "increment": 3}),
    ({"initial": 900, "increment": 10}, {"initial": 600, "increment": 0}),  # of the same speed
    ({"initial": 0, "period": 20, "periods": 5}, {"initial": 600, "period": 30, "periods": 3}),
    ({"initial": 240, "delay": 4}, {"initial": 300, "delay": 5}),
    ({"initial": 1, "increment": 0}, {"initial": 60, "increment": 0}),
    ({"days": 14, "vacation": 0}, {"days": 7, "vacation": 14}),
], ids=str)
def test_usual_clock_nearest_to_an_unusual_one_is_found(person, clock, usual):
    found = person().open().page.evaluate(
        "async (clock) => (await import('/page/parts/clock_choice.js')).nearestUsual(clock)", clock
    )
    assert found == usual


def test_clock_of_ones_own_is_set_and_remembered(person, player):
    other, one = player(), person(phone=True).arrive()
    time = one.page.get_by_label("Time", exact=True)
    time.select_option(label="5 min + 3 s a move")
    time.select_option(label="Your own clock…")
    expect(one.field("Minutes for each")).to_have_value("5")
    one.page.get_by_label("Kind of clock").select_option("Byoyomi")
    for label, number, taken in (
        ("Minutes for each", "1.5", "1.5"), ("Seconds of a period", "1000", "600"),
    ):
        one.field(label).fill(number)
        one.page.keyboard.press("Tab")
        expect(one.field(label)).to_have_value(taken)
    expect(one.page.get_by_text("Speed: Classical")).to_be_visible()
    check(one, "own-clock")
    one.page.reload()
    expect(one.field("Periods")).to_have_value("3")
    one.button("Create room").click()
    expect(one.page.locator(".own-room")).to_contain_text("1.5 min + 3 × 600 s byoyomi")
    [clock] = [
        room["options"]["clock"] for room in other.call("rooms.list")["items"]
        if room["owner"] == one.login
    ]
    assert clock == {"initial": 90, "period": 600, "periods": 3}
