"""Challenges and other players, as people see them on any page."""

import re

from playwright.sync_api import expect

from tests.browser.people import listed
from tests.browser.test_pages import check, each_device
from tests.e2e.playing import RESIGN, begin, both_move

# Has the page know games for one and for three or four, and challenge a player.
OPEN_DIALOG = """async (login) => {
    const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
    const { store } = await import(`${base}lib/store.js`);
    const { challenge } = await import(`${base}parts/challenge_form.js`);
    store.games.push(
        { name: "solo", title: "solo", min_players: 1, max_players: 1 },
        { name: "trio", title: "trio", min_players: 3, max_players: 4 });
    challenge(login);
}"""


# Has the page know a game with an option and words of its own, and be challenged to it.
CHALLENGE = """async (room) => {
    const base = document.querySelector("script[src$='app.js']").src.replace("app.js", "");
    const { store } = await import(`${base}lib/store.js`);
    const properties = { head_start: { default: false, title: "Head Start" } };
    const drawing = "/drawings/1/race.json";
    store.games.push({ name: "race", title: "Race", options: { properties }, drawing });
    const detail = { method: "room.challenged", params: { room } };
    store.rpc.dispatchEvent(new CustomEvent("notification", { detail }));
}"""


def challenges(person, name="Challenges"):
    """Return the strip above every page that shows the challenges."""
    return person.page.get_by_role("complementary", name=name)


@each_device
def test_challenge_from_the_lobby_is_accepted_by_keyboard(person, phone):
    one, other = person(phone=phone).arrive(), person(phone=phone).arrive()
    row = listed(one, "Who is online", other.login)
    one.press(row.get_by_role("button", name=f"Challenge {other.login}"))
    dialog = one.page.get_by_role("dialog", name=f"Challenge {other.login}")
    dialog.get_by_label("Who begins").select_option("first")
    check(one, "challenge", whole=False)
    one.press(dialog.get_by_role("button", name="Send the challenge"))
    expect(challenges(one)).to_contain_text(f"{other.login} has not answered your challenge")
    expect(challenges(other)).to_contain_text(f"{one.login} challenges you: Dobutsu shogi")
    expect(other.page).to_have_title("● Arbiter")
    expect(one.page).to_have_title("Arbiter")
    check(other, "challenged")
    other.button("Русский").click()
    strip = challenges(other, "Вызовы")
    expect(strip).to_contain_text(f"{one.login} вызывает вас: Добуцу-сёги")
    expect(strip).to_contain_text("начинает соперник")
    other.shot(f"challenged-{'phone' if phone else 'desktop'}-russian")
    other.tab_to("document.activeElement.textContent === 'Принять'")
    other.page.keyboard.press("Enter")
    one.says("Your turn")
    other.says(f"Ходит {one.login}")
    for each in (strip, challenges(one)):
        expect(each).to_have_count(0)


def test_challenge_is_there_after_a_reload_and_is_declined(person, player):
    other = player()
    one = person().open().known_as(player()).log_in()
    one.open(f"/#/player/{other.login}")
    one.button("Challenge").click()
    one.button("Send the challenge").click()
    made = other.wait_for("room.challenged")["room"]
    one.page.reload()
    expect(challenges(one)).to_contain_text(f"{other.login} has not answered your challenge")
    other.call("rooms.decline", room_id=made["room_id"], reason="busy")
    said = f"{other.login} declines your challenge. I am busy."
    expect(one.page.locator("#notices").get_by_text(said)).to_be_visible()
    other.call("rooms.challenge", login=one.login)
    challenges(one).get_by_role("button", name="Decline").click()
    one.button("Maybe later.").click()
    assert other.wait_for("room.declined", lambda each: each["reason"] == "later")
    expect(challenges(one)).to_have_count(0)


def test_challenge_that_is_closed_elsewhere_is_told_to_both(person, player):
    known, other = player(), player()
    one = person().open().known_as(known).log_in()
    for owner, challenged, strip, told in (
        (known, other, "has not answered", f"Your challenge to {other.login} is no longer open."),
        (other, known, "challenges you", f"The challenge of {other.login} is no longer open."),
    ):
        made = owner.call("rooms.challenge", login=challenged.login)
        expect(challenges(one)).to_contain_text(strip)
        owner.call("rooms.close", room_id=made["room_id"])
        expect(one.page.locator("#notices").get_by_text(told)).to_be_visible()
        expect(challenges(one)).to_have_count(0)


def test_dialog_makes_way_for_a_game_that_begins(person, player):
    other, known = player(), player()
    made = known.call("rooms.challenge", login=other.login)
    one = person().open().known_as(known).log_in().open(f"/#/player/{other.login}")
    one.button("Challenge").click()
    expect(one.page.get_by_role("dialog")).to_be_visible()
    other.call("rooms.accept", room_id=made["room_id"])
    expect(one.page.locator("[data-square='b1']").first).to_be_visible()
    expect(one.page.get_by_role("dialog")).to_have_count(0)


def test_opponent_is_challenged_again_after_a_game(person, two_players):
    known, other = two_players
    session_id = begin(known, other)
    both_move(known, other, session_id)
    other.command(session_id, RESIGN)
    one = person().open().known_as(known).log_in()
    one.open(f"/#/game/{session_id}")
    one.button("Challenge again").click()
    one.button("Send the challenge").click()
    made = other.wait_for("room.challenged")["room"]
    assert (made["game"], made["challenged"]) == ("dobutsu", other.login)
    challenges(one).get_by_role("button", name="Take back").click()
    assert other.wait_for("room.closed")["room"]["room_id"] == made["room_id"]
    one.page.keyboard.press("ArrowLeft")
    one.button("Play on from here").click()
    dialog = one.page.get_by_role("dialog")
    dialog.get_by_role("button", name=f"Challenge {other.login}").click()
    made = other.wait_for("room.challenged", lambda each: "from" in each["room"]["options"])["room"]
    first, _ = [
        each["version"] for each in known.call("sessions.history", session_id=session_id)["events"]
        if each["type"] == "session.state_changed"
    ]
    continued = {"session_id": session_id, "version": first}
    assert (made["challenged"], made["options"]["from"]) == (other.login, continued)
    expect(dialog).to_have_count(0)
    expect(challenges(one)).to_contain_text("from a position · casual")


def test_options_of_a_game_are_told_in_its_own_words(person):
    one = person().arrive()
    words = {"en": {"head_start": "ahead at first"}, "ru": {"head_start": "фора"}}
    drawings = one.page.expect_request("**/drawings/**")
    one.page.route("**/drawings/**", lambda route: route.fulfill(json={"words": words}))
    with drawings:
        one.page.evaluate(CHALLENGE, {
            "room_id": "r1", "game": "race", "options": {"clock": None, "head_start": True},
            "owner": "ada", "challenged": one.login, "players": ["ada"], "side": "first",
            "status": "open", "seats": 2,
        })
    expect(challenges(one)).to_contain_text("Race · No time limit · Ahead at first: yes · casual")
    expect(one.page.locator("#announcement")).to_contain_text("Ahead at first: yes · casual · the")
    one.button("Русский").click()
    expect(challenges(one, "Вызовы")).to_contain_text("Фора: да")


def test_players_are_followed_and_blocked_on_their_pages(person, player):
    other = player()
    one = person().arrive()
    other.call("rooms.challenge", login=one.login)
    expect(challenges(one)).to_contain_text(f"{other.login} challenges you")
    one.open(f"/#/player/{other.login}")
    one.button("Follow").click()
    expect(one.button("Unfollow")).to_be_focused()
    check(one, "other-player")
    one.open("/#/")
    expect(listed(one, "Players you follow", other.login)).to_contain_text("online")
    one.open(f"/#/player/{other.login}")
    one.button("Block").click()
    expect(one.button("Unblock")).to_be_focused()
    expect(one.button("Follow")).to_be_visible()
    expect(challenges(one)).to_have_count(0)
    one.open(f"/#/player/{one.login}")
    blocked = one.page.get_by_role("region", name="Players you have blocked")
    expect(blocked.get_by_role("listitem")).to_have_text(re.compile(f"^{other.login}"))
    one.button(f"Unblock {other.login}").press("Enter")
    expect(blocked).to_have_count(0)
    expect(one.page.get_by_role("main")).to_be_focused()


def test_dialog_challenges_as_many_as_the_game_needs(person, player):
    one, other = person().arrive(), player()
    one.page.evaluate(OPEN_DIALOG, other.login)
    dialog = one.page.get_by_role("dialog")
    game = dialog.get_by_label("Game", exact=True)
    expect(game.locator("option", has_text="solo")).to_have_count(0)
    expect(dialog.get_by_label("Counts for the rating")).to_be_visible()
    others = dialog.get_by_label("Who else plays")
    expect(others).to_be_hidden()
    game.select_option("trio")
    expect(dialog.get_by_text("1 to 2 of them")).to_be_visible()
    send = dialog.get_by_role("button", name="Send the challenge")
    send.click()
    expect(dialog.get_by_text("The game is not for so many players.")).to_be_visible()
    expect(others).to_be_focused()
    others.fill("no-such-one, no-such-two")
    send.click()
    # What is outside of the dialog is covered.
    expect(dialog.get_by_text("There is no such player.").first).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(one.page.locator("body > #notices")).to_contain_text("There is no such player.")


def test_rating_is_not_offered_where_the_computer_plays(person):
    one = person().arrive()
    one.page.evaluate(OPEN_DIALOG, "computer-1")
    dialog = one.page.get_by_role("dialog")
    expect(dialog.get_by_label("Who begins")).to_be_visible()
    expect(dialog.get_by_label("Counts for the rating")).to_have_count(0)
